package dev.heddle.template;

import dev.heddle.template.Expr.Arguments;
import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. */
final class ExpressionEvaluator {
  private final Interpreter interpreter;

  ExpressionEvaluator(Interpreter interpreter) {
    this.interpreter = interpreter;
  }

  Object eval(Expr expression, Variables scope) {
    Budget budget = interpreter.budget();
    budget.step();
    budget.enter();
    Object value =
        switch (expression) {
          case Expr.Literal literal -> literal.value();
          case Expr.Name name -> {
            Object found = scope.find(name.name());
            yield found == null ? Undefined.name(name.name()) : found;
          }
          case Expr.ListOf list -> all(list.items(), scope);
          case Expr.TupleOf tuple -> new Tuple(all(tuple.items(), scope));
          case Expr.DictOf dict -> dict(dict, scope);
          case Expr.Attribute a -> Members.attribute(eval(a.owner(), scope), a.name());
          case Expr.Item item -> {
            Object owner = eval(item.owner(), scope);
            yield Members.item(owner, eval(item.key(), scope), budget);
          }
          case Expr.Slice slice -> slice(slice, scope);
          case Expr.Call call -> call(call, scope, null);
          case Expr.Filter f when f.value() != null -> filter(f, eval(f.value(), scope), scope);
          case Expr.Filter f -> throw new Fault("a filter without a value");
          case Expr.Test test -> test(test, scope);
          case Expr.Not not -> !Values.isTrue(eval(not.value(), scope));
          case Expr.And and -> decide(and.terms(), false, scope);
          case Expr.Or or -> decide(or.terms(), true, scope);
          case Expr.Compare compare -> compare(compare, scope);
          case Expr.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
          case Expr.Sign sign -> Arithmetic.sign(eval(sign.value(), scope), sign.negative());
          case Expr.Concat concat -> concat(all(concat.parts(), scope));
          case Expr.Choice choice -> choose(choice, scope);
        };
    budget.leave();
    return value;
  }

  private List<Object> all(List<Expr> expressions, Variables scope) {
    interpreter.budget().elements(expressions.size());
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(eval(expression, scope));
    }
    return values;
  }

  private Object dict(Expr.DictOf dict, Variables scope) {
    Dict values = new Dict();
    interpreter.budget().elements(4L * dict.keys().size());
    for (int i = 0; i < dict.keys().size(); i++) {
      Object key = eval(dict.keys().get(i), scope);
      values.put(key, eval(dict.values().get(i), scope));
    }
    return values;
  }

  private Object slice(Expr.Slice slice, Variables scope) {
    Object owner = eval(slice.owner(), scope);
    return Slices.of(
        owner,
        bound(slice.from(), scope),
        bound(slice.to(), scope),
        bound(slice.step(), scope),
        interpreter.budget());
  }

  private @Nullable Integer bound(@Nullable Expr expression, Variables scope) {
    Object value = expression == null ? None.NONE : eval(expression, scope);
    if (value instanceof None) {
      return null;
    }
    if (!Numbers.isInteger(value)) {
      throw new Fault("slice indices must be integers or None or have an __index__ method");
    }
    return Numbers.index(value);
  }

  /**
   * @param caller what a call block adds to the arguments
   */
  Object call(Expr.Call call, Variables scope, @Nullable Macro caller) {
    Object callee = eval(call.callee(), scope);
    Args args = arguments(call.arguments(), scope);
    if (caller != null) {
      Map<String, Object> named = new LinkedHashMap<>(args.named());
      named.put("caller", caller);
      args = new Args(args.positional(), named);
    }
    interpreter.at(call.line());
    return call(callee, args);
  }

  private Object call(Object callee, Args args) {
    return switch (callee) {
      case Function function -> function.call(interpreter, args);
      case Loop loop -> loop.call(interpreter, args);
      case Undefined undefined -> throw undefined.fault();
      default -> throw new Fault("'" + Values.typeName(callee) + "' object is not callable");
    };
  }

  private Args arguments(Arguments arguments, Variables scope) {
    List<Object> positional = all(arguments.positional(), scope);
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < arguments.names().size(); i++) {
      named.put(arguments.names().get(i), eval(arguments.named().get(i), scope));
    }
    if (arguments.rest() != null) {
      positional.addAll(interpreter.list(eval(arguments.rest(), scope)));
    }
    if (arguments.namedRest() != null) {
      if (!(eval(arguments.namedRest(), scope) instanceof Dict rest)) {
        throw new Fault("argument after ** must be a mapping");
      }
      for (Object key : rest.keys()) {
        String name = Values.text(key);
        Object value = rest.get(key);
        if (name == null || value == null) {
          throw new Fault("keywords must be strings");
        }
        named.put(name, value);
      }
    }
    return new Args(positional, named);
  }

  /** The filter's value, and where it stands on others, theirs first. */
  Object filter(Expr.Filter filter, Object value, Variables scope) {
    Object input =
        filter.value() instanceof Expr.Filter inner && isHeadless(inner)
            ? filter(inner, value, scope)
            : value;
    Args args = arguments(filter.arguments(), scope);
    interpreter.at(filter.line());
    return Filters.apply(filter.name(), interpreter, input, args);
  }

  private static boolean isHeadless(Expr.Filter filter) {
    Expr.Filter head = filter;
    while (head.value() instanceof Expr.Filter inner) {
      head = inner;
    }
    return head.value() == null;
  }

  private Object test(Expr.Test test, Variables scope) {
    Object value = eval(test.value(), scope);
    Args args = arguments(test.arguments(), scope);
    interpreter.at(test.line());
    return Tests.apply(test.name(), interpreter, value, args);
  }

  /** {@code or} with {@code found} true, {@code and} with false: the first term that decides. */
  private Object decide(List<Expr> terms, boolean found, Variables scope) {
    Object value = eval(terms.getFirst(), scope);
    for (int i = 1; i < terms.size() && Values.isTrue(value) != found; i++) {
      value = eval(terms.get(i), scope);
    }
    return value;
  }

  private Object compare(Expr.Compare compare, Variables scope) {
    Object left = eval(compare.operands().getFirst(), scope);
    for (int i = 0; i < compare.operators().size(); i++) {
      Object right = eval(compare.operands().get(i + 1), scope);
      if (!Compare.holds(compare.operators().get(i), left, right, interpreter.budget())) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Object arithmetic(Expr.Arithmetic arithmetic, Variables scope) {
    Object value = eval(arithmetic.operands().getFirst(), scope);
    for (int i = 0; i < arithmetic.operators().size(); i++) {
      Object right = eval(arithmetic.operands().get(i + 1), scope);
      interpreter.at(arithmetic.line());
      value = Arithmetic.apply(arithmetic.operators().get(i), value, right, interpreter);
    }
    return value;
  }

  private String concat(List<Object> parts) {
    StringBuilder out = new StringBuilder();
    for (Object part : parts) {
      String text = interpreter.str(part);
      interpreter.budget().charge(text.length());
      out.append(text);
    }
    return interpreter.budget().made(out.toString());
  }

  private Object choose(Expr.Choice choice, Variables scope) {
    if (Values.isTrue(eval(choice.condition(), scope))) {
      return eval(choice.yes(), scope);
    }
    return choice.no() == null
        ? new Undefined(
            "the inline if-expression evaluated to false and no else section was defined.")
        : eval(choice.no(), scope);
  }
}
