package dev.heddle.app.client.load;

import java.util.Formatter;
import java.util.Locale;
import java.util.Map;

/**
 * The share of requests that were at least so fast, as an SVG picture: a line for each measure,
 * milliseconds on a logarithmic axis.
 */
public final class LatencyPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 56;
  private static final int RIGHT = 150;
  private static final int TOP = 20;
  private static final int BOTTOM = 48;
  private static final int POINTS = 200;
  private static final String[] COLOURS = {"#1f77b4", "#d95f02", "#7570b3", "#1b9e77"};

  private final Map<Measure, Percentiles> measures;
  private final int least;
  private final int most;

  public LatencyPlot(LoadReport report) {
    measures = report.measures();
    measures.values().removeIf(values -> values.count() == 0);
    double fastest = measures.values().stream().mapToDouble(v -> v.at(0)).min().orElse(1e-3);
    double slowest = measures.values().stream().mapToDouble(v -> v.at(100)).max().orElse(1);
    least = (int) Math.floor(Math.log10(Math.max(1e3 * fastest, 0.01)));
    most = Math.max(least + 1, (int) Math.ceil(Math.log10(1e3 * slowest)));
  }

  /** The picture, a whole document. */
  public String svg() {
    Formatter svg = new Formatter(Locale.ROOT);
    svg.format(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12'><rect width='100%%' height='100%%' fill='white'/>",
        WIDTH, HEIGHT);
    for (int percent = 0; percent <= 100; percent += 25) {
      line(svg, LEFT, y(percent), WIDTH - RIGHT, y(percent));
      text(svg, LEFT - 6, y(percent) + 4, "end", percent + " %");
    }
    for (int power = least; power <= most; power++) {
      double x = x(Math.pow(10, power));
      line(svg, x, TOP, x, HEIGHT - BOTTOM);
      text(svg, x, HEIGHT - BOTTOM + 18, "middle", label(power));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", "milliseconds");
    curves(svg);
    return svg.format("</svg>%n").toString();
  }

  private void curves(Formatter svg) {
    int index = 0;
    for (Map.Entry<Measure, Percentiles> measure : measures.entrySet()) {
      String colour = COLOURS[index];
      svg.format("<polyline fill='none' stroke='%s' stroke-width='2' points='", colour);
      for (int i = 0; i <= POINTS; i++) {
        double percent = 100.0 * i / POINTS;
        double millis = 1e3 * measure.getValue().at(percent);
        svg.format("%.1f,%.1f ", x(Math.max(millis, Math.pow(10, least))), y(percent));
      }
      svg.format("'/>");
      double y = TOP + 16 + 20.0 * index;
      svg.format(
          "<rect x='%d' y='%.1f' width='14' height='3' fill='%s'/>",
          WIDTH - RIGHT + 14, y - 5, colour);
      text(svg, WIDTH - RIGHT + 34, y, "start", measure.getKey().title());
      index++;
    }
  }

  private double x(double millis) {
    double share = (Math.log10(millis) - least) / (most - least);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double percent) {
    return HEIGHT - BOTTOM - percent / 100 * (HEIGHT - TOP - BOTTOM);
  }

  private static String label(int power) {
    return power < 0
        ? String.format(Locale.ROOT, "%." + -power + "f", Math.pow(10, power))
        : String.format(Locale.ROOT, "%,d", (long) Math.pow(10, power));
  }

  private static void line(Formatter svg, double x1, double y1, double x2, double y2) {
    svg.format("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#ddd'/>", x1, y1, x2, y2);
  }

  private static void text(Formatter svg, double x, double y, String anchor, String text) {
    svg.format("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, text);
  }
}
