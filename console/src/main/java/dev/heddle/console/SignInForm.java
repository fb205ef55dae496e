package dev.heddle.console;

import dev.heddle.console.answers.SignInWays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** The page that asks who somebody is, and where it may lead. */
@Component
final class SignInForm {
  /** A page of the console; a step of dots alone would lead out of it. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "/console(/(?!\\.{1,2}(?:[/?]|$))[A-Za-z0-9._@-]+)*(\\?[A-Za-z0-9._=&@%-]*)?");

  static final String HOME = "/console";

  private final Api api;
  private final Pages pages;

  SignInForm(Api api, Pages pages) {
    this.api = api;
    this.pages = pages;
  }

  /**
   * @param next where to go on; one of {@link #inside}
   * @return the template's name
   */
  String show(Model model, String next) {
    SignInWays ways =
        api.value(api.send(api.request("/api/v1/sign-in").GET().build()), SignInWays.class);
    model.addAttribute("oidc", ways.oidc());
    model.addAttribute("next", next);
    return pages.show(model, "sign-in", null);
  }

  /** Only the console's own pages are gone on to. */
  static String inside(@Nullable String next) {
    return next != null && INSIDE.matcher(next).matches() ? next : HOME;
  }
}
