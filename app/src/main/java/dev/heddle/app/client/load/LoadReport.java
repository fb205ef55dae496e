package dev.heddle.app.client.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a load came to.
 *
 * @param timed every request, in the order in which they ended
 * @param seconds from the first request's time to the last answer's end
 */
public record LoadReport(LoadPlan plan, List<Timed> timed, double seconds) {
  /** All measures, in seconds, of the answers that came whole. */
  Map<Measure, Percentiles> measures() {
    Map<Measure, Percentiles> measures = new EnumMap<>(Measure.class);
    measures.put(Measure.TTFT, of(Timed::ttft));
    measures.put(
        Measure.TPOT,
        new Percentiles(ok().filter(t -> t.answerTokens() > 1).mapToDouble(Timed::tpot)));
    measures.put(Measure.ITL, new Percentiles(ok().flatMapToDouble(LoadReport::gaps)));
    measures.put(Measure.WHOLE, of(Timed::whole));
    return measures;
  }

  private Percentiles of(ToDoubleFunction<Timed> measure) {
    return new Percentiles(ok().mapToDouble(measure));
  }

  private static DoubleStream gaps(Timed timed) {
    return IntStream.range(1, timed.chunks().size())
        .mapToDouble(i -> timed.chunks().get(i) - timed.chunks().get(i - 1));
  }

  private Stream<Timed> ok() {
    return timed.stream().filter(Timed::isOk);
  }

  /** How often each outcome was met. */
  Map<String, Long> outcomes() {
    return count(Timed::outcome);
  }

  /** How many requests each model got. */
  Map<String, Long> models() {
    return count(Timed::model);
  }

  private Map<String, Long> count(Function<Timed, String> by) {
    return timed.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
  }

  /** Requests of which both times were good. */
  long good() {
    double ttft = plan.ttft().toNanos() / 1e9;
    double tpot = plan.tpot().toNanos() / 1e9;
    return ok().filter(t -> t.ttft() <= ttft && t.tpot() <= tpot).count();
  }

  long promptTokens() {
    return ok().mapToLong(Timed::promptTokens).sum();
  }

  long answerTokens() {
    return ok().mapToLong(Timed::answerTokens).sum();
  }

  /** Whether every request got its whole answer. */
  public boolean isAllOk() {
    return timed.stream().allMatch(Timed::isOk);
  }
}
