package dev.heddle.registry.adapter;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version as one of its tenant's aliases names it: {@code adapter@number}. */
public record VersionName(String adapter, int number) implements Comparable<VersionName> {
  private static final Pattern FORM =
      Pattern.compile("([a-z0-9][a-z0-9._-]{0,62})@([1-9][0-9]{0,8})");

  /** Empty if it is no such name. */
  public static Optional<VersionName> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new VersionName(matcher.group(1), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(VersionName other) {
    int byAdapter = adapter.compareTo(other.adapter);
    return byAdapter != 0 ? byAdapter : Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return adapter + "@" + number;
  }
}
