/** The API's document: derived from the running application, compared with what is checked in. */
@NullMarked
package dev.heddle.it.contract;

import org.jspecify.annotations.NullMarked;
