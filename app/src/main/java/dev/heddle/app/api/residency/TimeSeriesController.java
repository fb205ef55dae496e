package dev.heddle.app.api.residency;

import dev.heddle.app.observability.TimeSeries;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the engine did in the last hours, from memory. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Residency")
final class TimeSeriesController {
  private static final int POINTS_MAX = 360;

  private final TimeSeries series;

  TimeSeriesController(TimeSeries series) {
    this.series = series;
  }

  @Operation(
      summary = "Show the engine's figures of the last minutes or hours.",
      description =
          "The figures are those of the metrics. There are at most 360 points: over a"
              + " longer span a point is the mean of several. They are kept in memory for six"
              + " hours and lost with a restart.")
  @GetMapping("/api/v1/timeseries")
  Mono<TimeSeriesView> timeseries(@RequestParam(defaultValue = "60") int minutes) {
    if (minutes < 1 || minutes > series.span().toMinutes()) {
      throw new InvalidException(
          "out-of-range", "minutes", "is not 1 to " + series.span().toMinutes());
    }
    return Mono.just(TimeSeriesView.of(series.latest(Duration.ofMinutes(minutes), POINTS_MAX)));
  }
}
