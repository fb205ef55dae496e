package dev.heddle.app.api;

import dev.heddle.registry.Page;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents a handler that reads its query by {@link Paging}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
    name = "limit",
    in = ParameterIn.QUERY,
    description = "The most items that the answer has.",
    schema =
        @Schema(
            type = "integer",
            format = "int32",
            minimum = "1",
            maximum = "" + Page.LIMIT_MAX,
            defaultValue = "100"))
@Parameter(
    name = "after",
    in = ParameterIn.QUERY,
    description = "The `next` of the part before; none for the first.",
    schema = @Schema(type = "string"))
public @interface Paged {}
