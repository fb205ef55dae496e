package dev.heddle.format.text;

/** How a chat template takes tools. */
public enum ToolUse {
  /** Not at all: it leaves out tools, calls or results. */
  NONE,
  /** The arguments of a call are an object. */
  OBJECTS,
  /** The arguments of a call are the text of an object. */
  TEXTS
}
