package dev.heddle.template;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime} in the C locale, with glibc's {@code %-d} for no padding. */
final class Strftime {
  /**
   * Width beyond which a field is not padded: the budget pays 16 characters for each of the
   * format's.
   */
  private static final int WIDEST = 32;

  private Strftime() {}

  static String format(ZonedDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 >= format.length()) {
        out.append(c);
        continue;
      }
      i = conversion(time, format, i + 1, out) - 1;
    }
    return out.toString();
  }

  /** Writes one conversion with glibc's flags, width and modifier; answers where it ends. */
  private static int conversion(ZonedDateTime time, String format, int begin, StringBuilder out) {
    int at = begin;
    String flags = "";
    while (at < format.length() && "_-0^#".indexOf(format.charAt(at)) >= 0) {
      flags += format.charAt(at++);
    }
    int width = 0;
    while (at < format.length() && "0123456789".indexOf(format.charAt(at)) >= 0) {
      width = Math.min(WIDEST, width * 10 + format.charAt(at++) - '0');
    }
    if (at < format.length() && "EO".indexOf(format.charAt(at)) >= 0) {
      at++; // the C locale has no other forms
    }
    if (at == format.length()) {
      out.append('%').append(format, begin, at);
      return at;
    }
    char code = format.charAt(at);
    out.append(flagged(field(time, code), code, flags, width));
    return at + 1;
  }

  private static String flagged(String field, char code, String flags, int width) {
    String text = field;
    boolean number = !text.isEmpty() && text.strip().chars().allMatch(Character::isDigit);
    if (number && flags.contains("-")) {
      return text.replaceFirst("^[0 ]+(?=[0-9])", "");
    }
    char fill = number && !flags.contains("_") ? '0' : ' ';
    if (number && !flags.isEmpty() && !flags.equals("^")) {
      String bare = text.replaceFirst("^[0 ]+(?=[0-9])", "");
      text = String.valueOf(fill).repeat(text.length() - bare.length()) + bare;
    }
    if (flags.contains("^")) {
      text = text.toUpperCase(Locale.ROOT);
    } else if (flags.contains("#")) {
      boolean lower = code == 'p' || code == 'Z';
      text = lower ? text.toLowerCase(Locale.ROOT) : text.toUpperCase(Locale.ROOT);
    }
    return String.valueOf(fill).repeat(Math.max(0, width - text.length())) + text;
  }

  private static String field(ZonedDateTime time, char code) {
    int hour = time.getHour();
    int yearDay = time.getDayOfYear();
    int weekday = time.getDayOfWeek().getValue();
    return switch (code) {
      case 'Y' -> Integer.toString(time.getYear());
      case 'y' -> pad(time.getYear() % 100);
      case 'C' -> pad(time.getYear() / 100);
      case 'm' -> pad(time.getMonthValue());
      case 'd' -> pad(time.getDayOfMonth());
      case 'e' -> "%2d".formatted(time.getDayOfMonth());
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' ->
          time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' ->
          time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case 'H' -> pad(hour);
      case 'I' -> pad((hour + 11) % 12 + 1);
      case 'k' -> "%2d".formatted(hour);
      case 'l' -> "%2d".formatted((hour + 11) % 12 + 1);
      case 'M' -> pad(time.getMinute());
      case 'S' -> pad(time.getSecond());
      case 'f' -> "%06d".formatted(time.get(ChronoField.MICRO_OF_SECOND));
      case 'p' -> hour < 12 ? "AM" : "PM";
      case 'P' -> hour < 12 ? "am" : "pm";
      case 'j' -> "%03d".formatted(yearDay);
      case 'u' -> Integer.toString(weekday);
      case 'w' -> Integer.toString(weekday % 7);
      case 'U' -> pad((yearDay + 6 - weekday % 7) / 7);
      case 'W' -> pad((yearDay + 6 - (weekday + 6) % 7) / 7);
      case 'V' -> pad(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'g' -> pad(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 's' -> Long.toString(time.toEpochSecond());
      case 'D' -> format(time, "%m/%d/%y");
      case 'x' -> format(time, "%m/%d/%y");
      case 'F' -> format(time, "%Y-%m-%d");
      case 'T', 'X' -> format(time, "%H:%M:%S");
      case 'R' -> format(time, "%H:%M");
      case 'r' -> format(time, "%I:%M:%S %p");
      case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
      case 'z', 'Z' -> ""; // Python's datetime.now() has no zone
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> "%" + code;
    };
  }

  private static String pad(int value) {
    return "%02d".formatted(value);
  }
}
