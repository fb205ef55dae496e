package dev.heddle.template;

import dev.heddle.template.Stmt.Signature;
import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro with the scope it was defined in. */
record Macro(@Nullable String name, Signature signature, Variables around) implements Function {
  @Override
  public Object call(Interpreter interpreter, Args args) {
    Variables scope = new Variables(around);
    Map<String, Object> named = new LinkedHashMap<>(args.named());
    List<String> parameters = signature.parameters();
    int given = Math.min(args.positional().size(), parameters.size());
    for (int i = 0; i < given; i++) {
      scope.set(parameters.get(i), args.positional().get(i));
    }
    specials(args, named, scope, given);
    int firstDefault = parameters.size() - signature.defaults().size();
    for (int i = given; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      Object value = args.named().get(parameter);
      if (value == null) {
        value =
            i >= firstDefault
                ? interpreter.eval(signature.defaults().get(i - firstDefault), scope)
                : new Undefined("parameter '" + parameter + "' was not provided");
      }
      scope.set(parameter, value);
    }
    return interpreter.captured(signature.body(), scope);
  }

  private String described() {
    return "macro " + (name == null ? "None" : Repr.of(name));
  }

  private void specials(Args args, Map<String, Object> named, Variables scope, int given) {
    List<String> parameters = signature.parameters();
    parameters.subList(given, parameters.size()).forEach(named::remove);
    if (signature.specials().contains("caller")) {
      Object caller = named.remove("caller");
      scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
    }
    if (signature.specials().contains("kwargs")) {
      Dict rest = new Dict();
      named.forEach(rest::put);
      scope.set("kwargs", rest);
    } else if (!named.isEmpty()) {
      String first = named.keySet().iterator().next();
      throw new Fault(described() + " takes no keyword argument '" + first + "'");
    }
    if (signature.specials().contains("varargs")) {
      scope.set("varargs", new Tuple(args.after(given).positional()));
    } else if (args.positional().size() > parameters.size()) {
      throw new Fault(described() + " takes not more than " + parameters.size() + " argument(s)");
    }
  }
}
