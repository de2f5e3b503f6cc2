(() => {
  const figure = document.querySelector(".lanes");
  if (!figure) return;
  const plots = [...figure.querySelectorAll(".plot")];
  const curves = [...figure.querySelectorAll(".curve")].map((el) => ({
    name: el.dataset.name, values: JSON.parse(el.dataset.values),
  }));
  const duration = parseFloat(figure.dataset.duration);
  const read = figure.querySelector(".read");
  const lines = plots.map((plot) => {
    const line = document.createElement("b");
    line.className = "cursor"; line.hidden = true;
    return plot.appendChild(line);
  });
  const clock = (s) => {
    const t = Math.floor(s * 10), h = Math.floor(t / 36000), m = Math.floor(t / 600) % 60;
    const end = String(Math.floor(t / 10) % 60).padStart(2, "0") + "." + (t % 10);
    return h ? h + ":" + String(m).padStart(2, "0") + ":" + end : m + ":" + end;
  };
  const show = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.99999);
    lines.forEach((line) => { line.hidden = false; line.style.left = 100 * at + "%"; });
    const said = curves.map(({ name, values }) => {
      const p = values.length ? values[Math.floor(at * values.length)] : null;
      return (name ? name + " " : "") + (p === null ? "not judged" : p + " %");
    });
    read.hidden = false;
    read.textContent = [clock(at * duration), ...said].join("  ·  ");
  };
  const hide = () => { read.hidden = true; lines.forEach((line) => { line.hidden = true; }); };
  plots.forEach((plot) => {
    plot.addEventListener("pointermove", show);
    plot.addEventListener("pointerleave", hide);
  });
})();
