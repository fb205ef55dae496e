package dev.heddle.template;

import dev.heddle.template.Stmt.Target;
import dev.heddle.template.Values.Function;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a template. One for each rendering. */
final class Interpreter {
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final Budget budget;
  private final ZonedDateTime now;
  private final ExpressionEvaluator evaluator = new ExpressionEvaluator(this);
  private final Variables root;
  private StringBuilder out = new StringBuilder();
  private boolean escaping;
  private int line = 1;

  Interpreter(Map<String, Object> variables, Budget budget, ZonedDateTime now) {
    this.budget = budget;
    this.now = now;
    Variables globals = new Variables(null);
    Globals.FUNCTIONS.forEach(globals::set);
    this.root = new Variables(globals);
    variables.forEach(root::set);
  }

  /**
   * @throws TemplateException if the template fails
   */
  String run(List<Stmt> template) {
    try {
      exec(template, root);
      return out.toString();
    } catch (Fault e) {
      throw new TemplateException(e.text(), line, e.raised());
    }
  }

  Budget budget() {
    return budget;
  }

  ZonedDateTime now() {
    return now;
  }

  /** Notes where the template is, for the message of a failure. */
  void at(int at) {
    line = at;
  }

  Object eval(Expr expression, Variables scope) {
    return evaluator.eval(expression, scope);
  }

  /** {@code str(value)}, paid for. */
  String str(Object value) {
    String text = Repr.str(value, budget.left());
    return value instanceof String ? text : budget.made(text);
  }

  /** {@code list(value)}, paid for. */
  List<Object> list(Object value) {
    String text = Values.text(value);
    budget.elements(
        text != null
            ? 2L * text.length()
            : value instanceof Values.Generator ? 1 : Values.length(value));
    return Values.list(value);
  }

  /** What statements write, as text. */
  String captured(List<Stmt> body, Variables scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      exec(body, scope);
      return out.toString();
    } finally {
      out = outer;
    }
  }

  private Flow exec(List<Stmt> body, Variables scope) {
    budget.enter();
    for (Stmt statement : body) {
      budget.step();
      line = statement.line();
      Flow flow = exec(statement, scope);
      if (flow != Flow.NEXT) {
        budget.leave();
        return flow;
      }
    }
    budget.leave();
    return Flow.NEXT;
  }

  private Flow exec(Stmt statement, Variables scope) {
    switch (statement) {
      case Stmt.Data data -> write(data.text());
      case Stmt.Print print -> print.values().forEach(v -> write(printed(eval(v, scope))));
      case Stmt.If choice -> {
        return choose(choice, scope);
      }
      case Stmt.For loop -> loop(loop, eval(loop.items(), scope), scope, 0);
      case Stmt.Assign set -> assign(set.target(), eval(set.value(), scope), scope);
      case Stmt.SetBlock set -> {
        String text = captured(set.body(), new Variables(scope));
        assign(
            set.target(),
            set.filter() == null ? text : evaluator.filter(set.filter(), text, scope),
            scope);
      }
      case Stmt.MacroStmt macro ->
          scope.set(macro.name(), new Macro(macro.name(), macro.signature(), scope));
      case Stmt.CallBlock call -> {
        Macro caller = new Macro(null, call.caller(), scope);
        write(str(evaluator.call(call.call(), scope, caller)));
      }
      case Stmt.FilterBlock filter -> {
        String text = captured(filter.body(), new Variables(scope));
        write(str(evaluator.filter(filter.filter(), text, scope)));
      }
      case Stmt.With with -> {
        Variables inner = new Variables(scope);
        for (int i = 0; i < with.targets().size(); i++) {
          assign(with.targets().get(i), eval(with.values().get(i), scope), inner);
        }
        return exec(with.body(), inner);
      }
      case Stmt.Generation generation ->
          write(str(new Macro(null, generation.signature(), scope).call(this, Args.NONE)));
      case Stmt.Scoped scoped -> {
        return exec(scoped.body(), new Variables(scoped.seesLocals() ? scope : root));
      }
      case Stmt.Autoescape block -> {
        boolean outer = escaping;
        escaping = Values.isTrue(eval(block.on(), scope));
        try {
          return exec(block.body(), new Variables(scope));
        } finally {
          escaping = outer;
        }
      }
      case Stmt.Blocks blocks -> {
        Namespace self = new Namespace();
        blocks
            .bodies()
            .forEach((name, body) ->
                self.set(
                    name,
                    (Function)
                        (interpreter, args) -> {
                          args.bind(name);
                          return new Values.Markup(captured(body, new Variables(root)));
                        }));
        root.set("self", self);
      }
      case Stmt.Break b -> {
        return Flow.BREAK;
      }
      case Stmt.Continue c -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  /** What a print statement writes: escaped inside {@code autoescape}. */
  private String printed(Object value) {
    String text = str(value);
    if (!escaping || value instanceof Values.Markup) {
      return text;
    }
    budget.charge(text.length());
    return budget.made(Markups.escape(text));
  }

  private Flow choose(Stmt.If choice, Variables scope) {
    for (Stmt.Branch branch : choice.branches()) {
      line = branch.line();
      if (Values.isTrue(eval(branch.condition(), scope))) {
        return exec(branch.body(), scope);
      }
    }
    return exec(choice.otherwise(), scope);
  }

  private void loop(Stmt.For statement, Object items, Variables scope, int depth) {
    Expr condition = statement.condition();
    Iterator<Object> all = Values.iterator(items);
    boolean counted = condition == null && !(items instanceof Values.Generator);
    Function recursion =
        statement.recursive()
            ? (interpreter, args) -> recurse(statement, args, scope, depth + 1)
            : null;
    Loop loop =
        new Loop(
            condition == null ? all : new Filtered(all, statement, condition, scope),
            counted ? Values.length(items) : -1,
            depth,
            recursion);
    // As in Jinja2, only a round that reaches its end keeps the else from running.
    boolean any = false;
    while (loop.hasNext()) {
      budget.step();
      Variables inner = new Variables(scope);
      assign(statement.target(), loop.next(), inner);
      inner.set("loop", loop);
      Flow flow = exec(statement.body(), inner);
      if (flow == Flow.BREAK) {
        break;
      }
      any |= flow == Flow.NEXT;
    }
    if (!any) {
      exec(statement.otherwise(), new Variables(scope));
    }
  }

  private Object recurse(Stmt.For statement, Args args, Variables scope, int depth) {
    Object items = args.bind("loop", "iterable").required(0);
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      loop(statement, items, scope, depth);
      return out.toString();
    } finally {
      out = outer;
    }
  }

  private void assign(Target target, Object value, Variables scope) {
    switch (target) {
      case Stmt.NameTarget name -> scope.set(name.name(), value);
      case Stmt.AttributeTarget attribute -> {
        if (!(scope.find(attribute.namespace()) instanceof Namespace namespace)) {
          throw new Fault("cannot assign attribute on non-namespace object");
        }
        budget.elements(1);
        namespace.set(attribute.attribute(), value);
      }
      case Stmt.TupleTarget tuple -> {
        List<Object> values = list(value);
        int wanted = tuple.targets().size();
        if (values.size() != wanted) {
          throw new Fault(
              values.size() > wanted
                  ? "too many values to unpack (expected " + wanted + ")"
                  : "not enough values to unpack (expected %d, got %d)"
                      .formatted(wanted, values.size()));
        }
        for (int i = 0; i < wanted; i++) {
          assign(tuple.targets().get(i), values.get(i), scope);
        }
      }
    }
  }

  private void write(String text) {
    budget.charge(text.length());
    if (out.length() + (long) text.length() > budget.limits().output()) {
      throw new Fault("the result is longer than " + budget.limits().output() + " characters");
    }
    out.append(text);
  }

  /** The items of a {@code for ... if}: tested one by one, as they are asked for. */
  private final class Filtered implements Iterator<Object> {
    private final Iterator<Object> all;
    private final Stmt.For statement;
    private final Expr condition;
    private final Variables scope;
    private @Nullable Object next;

    Filtered(Iterator<Object> all, Stmt.For statement, Expr condition, Variables scope) {
      this.all = all;
      this.statement = statement;
      this.condition = condition;
      this.scope = scope;
    }

    @Override
    public boolean hasNext() {
      while (next == null && all.hasNext()) {
        budget.step();
        Object item = all.next();
        Variables inner = new Variables(scope);
        assign(statement.target(), item, inner);
        if (Values.isTrue(eval(condition, inner))) {
          next = item;
        }
      }
      return next != null;
    }

    @Override
    public Object next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Object item = next;
      next = null;
      return item;
    }
  }
}
