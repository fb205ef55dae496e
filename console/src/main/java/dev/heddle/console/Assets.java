package dev.heddle.console;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Properties;
import org.springframework.core.Ordered;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.config.ResourceHandlerRegistration;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Scripts, styles and libraries, all from the class path. Paths change with what is behind them, so
 * browsers may keep it for good.
 */
@Component
public final class Assets implements WebFluxConfigurer {
  private static final String OWN = "/console/assets/";
  private static final String LIBRARIES = "/console/lib/";
  private static final CacheControl FOR_GOOD =
      CacheControl.maxAge(Duration.ofDays(365)).immutable();

  private final Properties libraries = new Properties();
  private final String own;

  Assets() throws IOException {
    try (InputStream in =
        new ClassPathResource("libraries.properties", Assets.class).getInputStream()) {
      libraries.load(in);
    }
    own = OWN + digest() + "/";
  }

  static boolean serves(String path) {
    return path.startsWith(OWN) || path.startsWith(LIBRARIES);
  }

  /** Path of one of the console's own files. */
  public String own(String file) {
    return own + file;
  }

  /** Path of a library's file. */
  public String library(String library, String file) {
    return LIBRARIES + library + "/" + version(library) + "/" + file;
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry.setOrder(Ordered.HIGHEST_PRECEDENCE); // before the page of what has no page
    serve(registry, own + "**", "classpath:/dev/heddle/console/assets/");
    for (String library : libraries.stringPropertyNames()) {
      serve(registry, library(library, "**"), "classpath:" + libraries.getProperty(library));
    }
  }

  private static void serve(ResourceHandlerRegistry registry, String pattern, String location) {
    ResourceHandlerRegistration handler = registry.addResourceHandler(pattern);
    handler.addResourceLocations(location).setCacheControl(FOR_GOOD);
  }

  private String version(String library) {
    return libraries.getProperty(library).replaceFirst(".*/webjars/[^/]+/([^/]+)/.*", "$1");
  }

  private static String digest() throws IOException {
    Resource[] files =
        new PathMatchingResourcePatternResolver()
            .getResources("classpath:/dev/heddle/console/assets/*");
    Arrays.sort(files, Comparator.comparing(file -> String.valueOf(file.getFilename())));
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (Resource file : files) {
        sha.update(file.getContentAsByteArray());
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
