package dev.heddle.template;

/** What {@code namespace()} makes: the one value whose attributes a template can set. */
final class Namespace {
  final Dict attributes = new Dict();

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw new Fault(
          "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '"
              + name
              + "'. Please rename the attribute.");
    }
    attributes.put(name, value);
  }
}
