(function () {
  "use strict";
  const HEIGHT = 260;
  const COLOURS = 8;
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const hover = matchMedia("(hover: hover)").matches;
  const style = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
  const number = (value) =>
    value == null
      ? "–"
      : value !== 0 && Math.abs(value) < 1e-3
        ? value.toExponential(2)
        : Math.abs(value) >= 1e5
          ? compact.format(value)
          : plain.format(value);

  // Where a line stands still on the axis, its last point counts.
  function points(line, axis) {
    const x = line.x[axis];
    const kept = x.map((_, i) => i).filter((i) => x[i] != null && x[i] !== x[i + 1]);
    const columns = [x, line.y].concat(line.band ? [line.band.low, line.band.high] : []);
    return columns.map((column) => kept.map((i) => column[i]));
  }

  // Room for the longest label of an axis.
  function axisSize(plot, labels, index, cycle) {
    const axis = plot.axes[index];
    if (cycle > 1) {
      return axis._size;
    }
    plot.ctx.font = axis.font[0];
    const widths = (labels || []).map((label) => plot.ctx.measureText(label).width);
    return Math.max(52, Math.ceil(Math.max(0, ...widths) / devicePixelRatio) + 20);
  }

  function axes(label) {
    const common = {
      stroke: style("--muted"),
      grid: { stroke: style("--rule"), width: 1 },
      ticks: { stroke: style("--rule"), width: 1 },
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
    };
    const text = (plot, values) => values.map((value) => (value == null ? "" : number(value)));
    return [
      { ...common, label, labelSize: 18, size: 34, space: 64, values: text },
      { ...common, size: axisSize, values: text },
    ];
  }

  function series(chart, tables, bands) {
    const all = [{ label: "x", value: (plot, value) => number(value) }];
    chart.lines.forEach((line, i) => {
      const colour = style("--line-" + (line.colour % COLOURS));
      all.push({
        label: line.name,
        stroke: colour,
        width: 2,
        dash: line.colour >= COLOURS ? [6, 4] : undefined,
        fill: chart.steps && i === 0 ? colour + "40" : undefined,
        paths: chart.steps ? uPlot.paths.stepped({ align: 1 }) : undefined,
        points: { show: tables[i][0].length === 1 },
        value: (plot, value) => number(value),
      });
      if (line.band) {
        all[all.length - 1].banded = true;
        for (const edge of ["lowest", "highest"]) {
          all.push({
            label: line.name + ", " + edge,
            isEdge: true,
            stroke: colour + "55",
            width: 1,
            points: { show: false },
            value: (plot, value) => number(value),
          });
        }
        bands.push({ series: [all.length - 1, all.length - 2], fill: colour + "30" });
      }
    });
    return all;
  }

  function draw(element, chart, wanted) {
    const keys = Object.keys(chart.x_labels);
    const axis = keys.includes(wanted) ? wanted : keys[0];
    const tables = chart.lines.map((line) => points(line, axis));
    const data = tables.length === 1 ? tables[0] : uPlot.join(tables);
    const bands = [];
    const shown = series(chart, tables, bands);
    shown[0].label = chart.x_labels[axis];
    element.textContent = "";
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        scales: {
          x: { time: false },
          y: chart.logarithmic ? { distr: 3 } : chart.steps ? { range: (u, low, high) => [0, high * 1.05 || 1] } : {},
        },
        axes: axes(chart.x_labels[axis]),
        series: shown,
        bands,
        cursor: { drag: { x: true, y: false } },
        legend: { show: hover || chart.lines.length > 1, live: hover },
        hooks: {
          // A band comes and goes with its line.
          setSeries: [
            (changed, index, options) => {
              if (options.show != null && shown[index] && shown[index].banded) {
                changed.setSeries(index + 1, { show: options.show });
                changed.setSeries(index + 2, { show: options.show });
              }
            },
          ],
        },
      },
      data,
      element
    );
    // A legend without live values has no row for the horizontal axis.
    const rows = Array.from(plot.root.querySelectorAll(".u-series"));
    rows.forEach((row, index) => {
      row.hidden = Boolean(shown[index + shown.length - rows.length].isEdge);
    });
    return plot;
  }

  const places = Array.from(document.querySelectorAll("[data-chart]"), (element) => ({
    element,
    chart: charts[Number(element.dataset.chart)],
    plot: null,
  }));

  function drawAll() {
    const chosen = document.querySelector("input[name=axis]:checked");
    for (const place of places) {
      if (place.plot) {
        place.plot.destroy();
      }
      place.plot = draw(place.element, place.chart, chosen ? chosen.value : "");
    }
  }

  const resized = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const place = places.find((candidate) => candidate.element === entry.target);
      if (place.plot && place.plot.width !== entry.target.clientWidth) {
        place.plot.setSize({ width: entry.target.clientWidth, height: HEIGHT });
      }
    }
  });
  drawAll();
  places.forEach((place) => resized.observe(place.element));
  dark.addEventListener("change", drawAll);
  document
    .querySelectorAll("input[name=axis]")
    .forEach((input) => input.addEventListener("change", drawAll));
})();
