package dev.heddle.app.serving;

import dev.heddle.app.speech.ToolFormat;
import org.jspecify.annotations.Nullable;

/**
 * How chats are read and answered.
 *
 * @param parsesByDefault whether control tokens that a message spells are parsed as such unless a
 *     request says otherwise
 * @param toolFormat how the model writes calls of tools, null to tell by its chat template
 * @param reasons whether {@code <think>} blocks are reasoning, null to tell by the chat template
 */
public record ChatSettings(
    boolean parsesByDefault, @Nullable ToolFormat toolFormat, @Nullable Boolean reasons) {}
