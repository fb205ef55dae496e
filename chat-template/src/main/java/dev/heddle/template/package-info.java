/**
 * The Jinja of chat templates, evaluated as Hugging Face transformers has it evaluated: Jinja2
 * 3.1's immutable sandbox with trim_blocks, lstrip_blocks and loop controls.
 *
 * <p>A template is a stranger's program. It sees the values it is given, as Python would show them,
 * and nothing of the JVM; what it may use up is stated in {@link RenderLimits}.
 */
@NullMarked
package dev.heddle.template;

import org.jspecify.annotations.NullMarked;
