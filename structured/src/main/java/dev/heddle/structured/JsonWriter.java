package dev.heddle.structured;

/**
 * Writes JSON values that no rule restricts, and the marks between values, into a network. After a
 * comma or colon there may be one space; there is no other space.
 */
final class JsonWriter {
  final NetworkBuilder network;
  final TextWriter text;

  private int character = -1;
  private int string = -1;
  private int number = -1;
  private int integer = -1;
  private int value = -1;
  private int object = -1;

  JsonWriter(NetworkBuilder network) {
    this.network = network;
    this.text = new TextWriter(network, true);
  }

  /** A comma or colon, and the space that may follow. */
  int mark(int from, char mark) {
    int after = network.after(from, mark);
    int spaced = network.node();
    network.bytes(after, ' ', ' ', spaced);
    network.empty(after, spaced);
    return spaced;
  }

  /** The rule of any character of a string. */
  int character() {
    if (character < 0) {
      character = network.rule("character");
      text.character(network.start(character), CodePoints.ALL, network.end(character));
    }
    return character;
  }

  /** The rule of any string. */
  int string() {
    if (string < 0) {
      string = network.rule("string");
      int inside = network.after(network.start(string), '"');
      text.character(inside, CodePoints.ALL, inside);
      network.bytes(inside, '"', '"', network.end(string));
    }
    return string;
  }

  /** The rule of any number. */
  int number() {
    if (number < 0) {
      number = network.rule("number");
      int whole = network.node();
      network.call(network.start(number), integer(), whole);
      int end = network.end(number);
      int decimals = network.node();
      int point = network.after(whole, '.');
      digits(point, NumberWriter.FRACTION_DIGITS, decimals);
      network.empty(whole, decimals);
      network.empty(decimals, end);
      exponent(decimals, end);
    }
    return number;
  }

  /** Up to 307, so that the number fits a double. */
  private void exponent(int from, int end) {
    int letter = network.node();
    network.bytes(from, 'e', 'e', letter);
    network.bytes(from, 'E', 'E', letter);
    int sign = network.node();
    network.bytes(letter, '+', '+', sign);
    network.bytes(letter, '-', '-', sign);
    network.empty(letter, sign);
    network.bytes(sign, '0', '9', end);
    int tens = network.node();
    network.bytes(sign, '1', '9', tens);
    network.bytes(tens, '0', '9', end);
    int hundreds = network.node();
    network.bytes(sign, '1', '2', hundreds);
    int second = network.node();
    network.bytes(hundreds, '0', '9', second);
    network.bytes(second, '0', '9', end);
    int three = network.after(sign, '3');
    int zero = network.after(three, '0');
    network.bytes(zero, '0', '7', end);
  }

  /** The rule of any whole number. */
  int integer() {
    if (integer < 0) {
      integer = network.rule("integer");
      int start = network.start(integer);
      int end = network.end(integer);
      int sign = network.node();
      network.bytes(start, '-', '-', sign);
      network.empty(start, sign);
      network.bytes(sign, '0', '0', end);
      int rest = network.node();
      network.bytes(sign, '1', '9', rest);
      network.empty(rest, end);
      digits(rest, NumberWriter.INTEGER_DIGITS - 1, end);
    }
    return integer;
  }

  private void digits(int from, int most, int end) {
    int source = from;
    for (int i = 0; i < most; i++) {
      int target = network.node();
      network.bytes(source, '0', '9', target);
      network.empty(target, end);
      source = target;
    }
  }

  /** The rule of any value. */
  int value() {
    if (value < 0) {
      value = network.rule("value");
      int start = network.start(value);
      int end = network.end(value);
      network.call(start, string(), end);
      network.call(start, number(), end);
      for (String constant : new String[] {"true", "false", "null"}) {
        network.empty(network.after(start, text.encode(constant)), end);
      }
      network.call(start, object(), end);
      array(start, end);
    }
    return value;
  }

  private void array(int from, int end) {
    int open = network.after(from, '[');
    network.bytes(open, ']', ']', end);
    int first = network.node();
    network.call(open, value(), first);
    network.bytes(first, ']', ']', end);
    network.call(mark(first, ','), value(), first);
  }

  /** The rule of any object. */
  int object() {
    if (object < 0) {
      object = network.rule("object");
      int open = network.after(network.start(object), '{');
      int end = network.end(object);
      network.bytes(open, '}', '}', end);
      int key = network.node();
      network.empty(open, key);
      int named = network.node();
      network.call(key, string(), named);
      int member = network.node();
      network.call(mark(named, ':'), value(), member);
      network.bytes(member, '}', '}', end);
      network.empty(mark(member, ','), key);
    }
    return object;
  }
}
