package dev.heddle.app.oidc;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How people can sign in besides by key.
 *
 * @param oidc null where no provider is set
 */
public record SignInWays(@Nullable OidcSignIn oidc) {
  /**
   * The sign-in at the provider.
   *
   * @throws ApiException 404 if there is none
   */
  public OidcSignIn required() {
    if (oidc == null) {
      throw new ApiException(
          ErrorCode.NOT_FOUND, "Sign-in by OpenID Connect is not set up; sign in with an API key.");
    }
    return oidc;
  }
}
