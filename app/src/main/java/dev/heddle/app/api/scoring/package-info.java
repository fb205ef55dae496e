/** Which experts to train, told from sample data. */
@NullMarked
package dev.heddle.app.api.scoring;

import org.jspecify.annotations.NullMarked;
