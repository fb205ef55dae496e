package dev.heddle.format.text.jinja;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime} in the C locale, with glibc's {@code %-d} for no padding. */
final class Strftime {
  private Strftime() {}

  static String format(ZonedDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 >= format.length()) {
        out.append(c);
        continue;
      }
      char code = format.charAt(++i);
      if (code == '-' && i + 1 < format.length()) {
        String padded = field(time, format.charAt(++i));
        out.append(padded.replaceFirst("^[0 ]+(?=[0-9])", ""));
      } else {
        out.append(field(time, code));
      }
    }
    return out.toString();
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
