package dev.heddle.console;

import dev.heddle.console.answers.SessionInfo;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at a page.
 *
 * @param cookie the browser's session, which every question to the API carries
 * @param acting the tenant that an operator looks at in place of its own, null for its own
 */
public record Viewer(String cookie, SessionInfo session, @Nullable String acting) {
  /** Whether all of management is open. */
  public boolean operator() {
    return session.scopes().contains("admin");
  }

  /** Whether adapters, keys and usage are open. */
  public boolean manages() {
    return operator() || session.scopes().contains("adapters");
  }

  /** Whether the playground can ask for answers. */
  public boolean infers() {
    return session.scopes().contains("inference");
  }

  /** The tenant whose things the page shows. */
  public String tenant() {
    return acting == null ? session.tenant() : acting;
  }

  /** The same, looking at another tenant. */
  Viewer at(@Nullable String tenant) {
    boolean own = tenant == null || tenant.isEmpty() || tenant.equals(session.tenant());
    return new Viewer(cookie, session, own ? null : tenant);
  }

  /** Never shows the cookie. */
  @Override
  public String toString() {
    return "Viewer[" + session.keyId() + " of " + tenant() + "]";
  }
}
