package dev.heddle.app.request;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.AbstractDataBufferDecoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;

/**
 * Reads JSON bodies into the types that say how: those with a static method {@code read(Fields)}
 * that answers the type itself. All faults that the method noted, and not just the first, are in
 * the one refusal.
 */
public final class BodyDecoder extends AbstractDataBufferDecoder<Object> {
  private static final ClassValue<@Nullable Method> READERS =
      new ClassValue<>() {
        @Override
        protected @Nullable Method computeValue(Class<?> type) {
          return reader(type);
        }
      };

  public BodyDecoder() {
    super(MediaType.APPLICATION_JSON);
  }

  @Override
  public boolean canDecode(ResolvableType type, @Nullable MimeType mimeType) {
    return super.canDecode(type, mimeType) && READERS.get(type.toClass()) != null;
  }

  @Override
  public Object decode(
      DataBuffer buffer,
      ResolvableType type,
      @Nullable MimeType mimeType,
      @Nullable Map<String, Object> hints) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return JsonBody.parse(
        bytes,
        object -> {
          Fields fields = new Fields(object);
          Object body = read(type.toClass(), fields);
          fields.throwFaults();
          return body;
        });
  }

  private static Object read(Class<?> type, Fields fields) {
    Method reader = READERS.get(type);
    if (reader == null) {
      throw new IllegalArgumentException(type + " does not say how it is read");
    }
    try {
      return reader.invoke(null, fields);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Method reader(Class<?> type) {
    try {
      Method method = type.getDeclaredMethod("read", Fields.class);
      if (!Modifier.isStatic(method.getModifiers()) || method.getReturnType() != type) {
        return null;
      }
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
