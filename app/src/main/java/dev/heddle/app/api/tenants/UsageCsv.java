package dev.heddle.app.api.tenants;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A usage report as a table for spreadsheets (RFC 4180). */
final class UsageCsv {
  private static final String HEADER =
      "period,tenant,model,requests,prompt_tokens,cached_tokens,completion_tokens,queued_seconds,"
          + "engine_seconds\r\n";

  private UsageCsv() {}

  static String of(List<UsageView> lines) {
    return lines.stream().map(UsageCsv::line).collect(Collectors.joining("", HEADER, ""));
  }

  private static String line(UsageView line) {
    return Stream.of(
            line.period(),
            line.tenant(),
            line.model() == null ? "" : line.model(),
            line.requests(),
            line.promptTokens(),
            line.cachedTokens(),
            line.completionTokens(),
            line.queuedSeconds(),
            line.engineSeconds())
        .map(cell -> cell(cell.toString()))
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  /** A text that a spreadsheet would compute is kept from it by a quote mark in front. */
  static String cell(String text) {
    boolean computed = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = computed ? "'" + text : text;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
  }
}
