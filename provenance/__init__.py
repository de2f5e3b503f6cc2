"""Where audio comes from: keys today; records, credentials and labels later."""
