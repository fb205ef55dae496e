/** JSON bodies read strictly, every fault in them named at once. */
@NullMarked
package dev.heddle.app.request;

import org.jspecify.annotations.NullMarked;
