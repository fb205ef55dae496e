package dev.heddle.app.api;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents a handler of a change that heeds {@link ETags#expected}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
    name = "If-Match",
    in = ParameterIn.HEADER,
    description =
        "The entity tag of the revision that the change is for, or `*`; 412 if it is past.",
    schema = @Schema(type = "string"),
    example = "\"3\"")
public @interface Conditional {}
