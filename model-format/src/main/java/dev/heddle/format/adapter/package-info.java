/** ESFT adapters: {@code expert_cfg.json} and the experts it lists, checked and digested. */
@NullMarked
package dev.heddle.format.adapter;

import org.jspecify.annotations.NullMarked;
