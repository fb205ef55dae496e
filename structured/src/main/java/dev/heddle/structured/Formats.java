package dev.heddle.structured;

import org.jspecify.annotations.Nullable;

/**
 * The formats of strings that are supported, as regular expressions of the whole string. What they
 * take is valid; rare forms are left out: leap seconds, quoted local parts and addresses of e-mail,
 * international names of hosts.
 */
final class Formats {
  private static final String YEARS_29 =
      "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
  private static final String DATE =
      "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
          + YEARS_29
          + "-02-29)";
  private static final String CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
  private static final String TIME =
      CLOCK + ":[0-5][0-9](?:\\.[0-9]{1,20})?(?:[Zz]|[+-]" + CLOCK + ")";
  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String IPV4 = "(?:" + BYTE + "\\.){3}" + BYTE;
  private static final String HEX = "[0-9A-Fa-f]";

  /** Short enough, and without two hyphens, so that no rule of names can be broken. */
  private static final String LABEL = "[A-Za-z0-9](?:-?[A-Za-z0-9]){0,17}";

  private static final String HOST = LABEL + "(?:\\." + LABEL + "){0,5}";
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final String UNIT = "(?:[0-9]+%s)";

  private Formats() {}

  /** The expression; null for a format that is not supported. */
  static @Nullable String pattern(String format) {
    return switch (format) {
      case "date" -> DATE;
      case "time" -> TIME;
      case "date-time" -> DATE + "[Tt]" + TIME;
      case "duration" -> duration();
      case "uuid" -> HEX + "{8}-(?:" + HEX + "{4}-){3}" + HEX + "{12}";
      case "ipv4" -> IPV4;
      case "ipv6" -> ipv6();
      case "hostname" -> HOST;
      case "email" -> ATOM + "(?:\\." + ATOM + ")*@" + HOST;
      case "uri" ->
          "[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~-]+(?::[0-9]{1,5})?"
              + "(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%HH)*)*".replace("HH", HEX + HEX)
              + "(?:\\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%HH)*)?".replace("HH", HEX + HEX)
              + "(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%HH)*)?".replace("HH", HEX + HEX);
      case "json-pointer" -> "(?:/(?:[^~/]|~[01])*)*";
      default -> null;
    };
  }

  private static String duration() {
    String time = "T(?:%1$sH(?:%1$sM(?:%1$sS)?)?|%1$sM(?:%1$sS)?|%1$sS)".replace("%1$s", "[0-9]+");
    String date = "(?:%sY(?:%sM(?:%sD)?)?|%sM(?:%sD)?|%sD)".replace("%s", "[0-9]+");
    return "P(?:" + date + "(?:" + time + ")?|" + time + "|" + UNIT.replace("%s", "W") + ")";
  }

  private static String ipv6() {
    String group = HEX + "{1,4}";
    String tail = "(?:" + group + ":" + group + "|" + IPV4 + ")";
    StringBuilder all = new StringBuilder("(?:(?:" + group + ":){6}" + tail);
    for (int after = 5; after >= 0; after--) {
      int before = 5 - after;
      String left =
          before == 0 ? "" : "(?:(?:" + group + ":){0," + (before - 1) + "}" + group + ")?";
      all.append("|")
          .append(left)
          .append("::(?:")
          .append(group)
          .append(":){")
          .append(after)
          .append("}")
          .append(tail);
    }
    String six = "(?:(?:" + group + ":){0,5}" + group + ")?";
    String seven = "(?:(?:" + group + ":){0,6}" + group + ")?";
    return all.append("|")
        .append(six)
        .append("::")
        .append(group)
        .append("|")
        .append(seven)
        .append("::)")
        .toString();
  }
}
