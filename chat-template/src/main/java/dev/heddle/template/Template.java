package dev.heddle.template;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template. Immutable; any thread may render it. */
public final class Template {
  private final List<Stmt> body;

  private Template(List<Stmt> body) {
    this.body = body;
  }

  /**
   * @throws TemplateException if the template is not well-formed, or beyond a limit
   */
  public static Template parse(String source) {
    return new Template(Parser.parse(source));
  }

  /**
   * The template's text for these variables, within {@link RenderLimits#STANDARD}.
   *
   * @param variables strings, booleans, numbers, null, lists, maps with string keys, JsonNodes
   * @throws TemplateException if the template fails, raises, or reaches a limit
   * @throws IllegalArgumentException if a variable is of another kind
   */
  public String render(Map<String, ? extends @Nullable Object> variables) {
    return render(variables, RenderLimits.STANDARD, ZonedDateTime.now(ZoneId.systemDefault()));
  }

  /**
   * @param now what {@code strftime_now} takes for the time
   */
  public String render(
      Map<String, ? extends @Nullable Object> variables, RenderLimits limits, ZonedDateTime now) {
    Input input = new Input();
    Map<String, Object> values;
    try {
      values = input.variables(variables);
    } catch (Fault e) {
      throw new TemplateException(e.text(), 1, false);
    }
    return new Interpreter(values, new Budget(limits, input.size()), now).run(body);
  }
}
