package dev.heddle.it.contract;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * What springdoc is to add to the document that it derives, under {@link #PATH} of the platform
 * under test: which method handles what, so that the rest can be read from there.
 */
@AutoConfiguration
public class DerivedDocument {
  /** Where springdoc serves what it derives. */
  public static final String PATH = "/v3/api-docs";

  /** Extension of an operation: its handler, as {@code class#method}. */
  static final String HANDLER = "x-handler";

  /** Extension of the document: every mapping of the application, as {@code METHOD path}. */
  static final String MAPPINGS = "x-mappings";

  @Bean
  GlobalOperationCustomizer handlerOfEachOperation() {
    return (operation, handler) -> {
      operation.addExtension(HANDLER, id(handler.getMethod()));
      return operation;
    };
  }

  @Bean
  GlobalOpenApiCustomizer everyMapping(RequestMappingHandlerMapping requestMappingHandlerMapping) {
    return document ->
        document.addExtension(
            MAPPINGS,
            requestMappingHandlerMapping.getHandlerMethods().entrySet().stream()
                .filter(mapping -> isOurs(mapping.getValue()))
                .flatMap(DerivedDocument::described)
                .sorted()
                .toList());
  }

  private static boolean isOurs(HandlerMethod handler) {
    return handler.getBeanType().getName().startsWith("dev.heddle.app.");
  }

  private static Stream<String> described(Map.Entry<RequestMappingInfo, HandlerMethod> mapping) {
    RequestMappingInfo info = mapping.getKey();
    List<String> paths =
        info.getPatternsCondition().getPatterns().stream()
            .map(pattern -> pattern.getPatternString().replace("{*", "{"))
            .toList();
    return info.getMethodsCondition().getMethods().stream()
        .flatMap(method -> paths.stream().map(path -> method + " " + path));
  }

  private static String id(Method method) {
    return method.getDeclaringClass().getName() + "#" + method.getName();
  }
}
