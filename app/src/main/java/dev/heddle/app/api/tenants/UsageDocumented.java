package dev.heddle.app.api.tenants;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents a handler that reads its query by {@link UsageParams}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
    name = "from",
    in = ParameterIn.QUERY,
    description = "Hours that begin then or later; 30 days before `to` unless given.",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "to",
    in = ParameterIn.QUERY,
    description = "Hours that begin before; now unless given.",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "group",
    in = ParameterIn.QUERY,
    description = "What a line spans, in UTC.",
    schema =
        @Schema(
            type = "string",
            allowableValues = {"hour", "day", "month"},
            defaultValue = "day"))
@Parameter(
    name = "by",
    in = ParameterIn.QUERY,
    description = "What a line is about, beside its tenant.",
    schema =
        @Schema(
            type = "string",
            allowableValues = {"version", "adapter", "tenant"},
            defaultValue = "version"))
@Parameter(
    name = "tenant",
    in = ParameterIn.QUERY,
    description = "Name of the tenant whose usage it is; an operator's only, who sees all without.",
    schema = @Schema(type = "string"))
@Parameter(
    name = "adapter",
    in = ParameterIn.QUERY,
    description =
        "Only what versions of this adapter answered: `name` of the tenant's own, `owner/name` of"
            + " another tenant's.",
    schema = @Schema(type = "string"))
@Parameter(
    name = "order",
    in = ParameterIn.QUERY,
    description =
        "`period`: by period, tenant and model. `generated`: the lines with most completion tokens"
            + " first, `limit` of them and no `next`; for JSON.",
    schema =
        @Schema(
            type = "string",
            allowableValues = {"period", "generated"},
            defaultValue = "period"))
@interface UsageDocumented {}
