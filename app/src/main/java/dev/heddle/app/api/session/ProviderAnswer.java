package dev.heddle.app.api.session;

import dev.heddle.app.oidc.OidcSignIn;
import dev.heddle.app.request.Fields;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that the provider sent the browser back with.
 *
 * @param code for which the provider gives an id token
 * @param state that went there with the browser
 * @param iss who says that it sent the browser
 * @param error why there is no code
 */
record ProviderAnswer(
    @Nullable String code, @Nullable String state, @Nullable String iss, @Nullable String error) {
  static ProviderAnswer read(Fields fields) {
    fields.allowOnly("code", "state", "iss", "error");
    return new ProviderAnswer(
        fields.string("code"),
        fields.string("state"),
        fields.string("iss"),
        fields.string("error"));
  }

  OidcSignIn.Answer given() {
    return new OidcSignIn.Answer(code, state, iss, error);
  }

  /** Never shows the code. */
  @Override
  public String toString() {
    return "ProviderAnswer[error=" + error + "]";
  }
}
