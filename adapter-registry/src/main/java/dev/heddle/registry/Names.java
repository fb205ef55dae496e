package dev.heddle.registry;

import java.util.regex.Pattern;

/** The rule for names of tenants, adapters, aliases and base models. */
public final class Names {
  private static final Pattern RULE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private Names() {}

  public static boolean isValid(String name) {
    return RULE.matcher(name).matches();
  }

  /**
   * Returns the name.
   *
   * @throws InvalidException if it breaks the rule
   */
  public static String require(String noun, String name) {
    if (!isValid(name)) {
      throw new InvalidException(
          "name",
          noun,
          "a name has 1 to 63 characters a-z, 0-9, '.', '_', '-' and starts with a letter or digit");
    }
    return name;
  }
}
