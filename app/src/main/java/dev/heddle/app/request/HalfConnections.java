package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorBodies;
import dev.heddle.app.error.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two kinds of connections that are half there; one for each connection, behind the codec of HTTP.
 *
 * <p>A header that has begun and is not whole in time is answered 408, and the connection ends.
 *
 * <p>A client may end its side once it has sent its request, and still gets the whole answer; the
 * connection ends with that. One that has left looks the same until something is sent to it. So as
 * long as a POST has no answer yet, it is sent {@code 100 Continue} now and then, which every
 * client of HTTP/1.1 passes over: the second one to a client that has left fails, and the request
 * is cancelled.
 */
public final class HalfConnections extends ChannelDuplexHandler {
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long PAUSE_MILLIS_MAX = 2_000;

  private final Duration readWait;

  /** When the header that has begun is late; null if none has. */
  private @Nullable Future<?> deadline;

  /** The next sign of life; null if none is due. */
  private @Nullable Future<?> sign;

  /** Something whole came out of the bytes since the last look. */
  private boolean decoded;

  /** A header has come and the body not wholly. */
  private boolean receiving;

  /** Requests whose answers are not all sent. */
  private int unanswered;

  /** The client of the latest request passes over {@code 100 Continue}. */
  private boolean passesOver;

  /** The present answer's header is sent. */
  private boolean answering;

  private boolean clientEnded;

  /**
   * @param readWait how long a header may take from its first byte
   */
  public HalfConnections(Duration readWait) {
    this.readWait = readWait;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    decoded = true;
    if (message instanceof HttpRequest request) {
      stop(deadline);
      deadline = null;
      receiving = true;
      unanswered++;
      passesOver =
          request.method().equals(HttpMethod.POST)
              && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }
    if (message instanceof LastHttpContent) {
      receiving = false;
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!decoded && !receiving && !clientEnded && deadline == null) {
      deadline = later(context, readWait.toMillis(), () -> late(context));
    }
    decoded = false;
    context.fireChannelReadComplete();
  }

  private void late(ChannelHandlerContext context) {
    deadline = null;
    if (unanswered > 0) { // an earlier request's answer is not to be cut
      deadline = later(context, readWait.toMillis(), () -> late(context));
      return;
    }
    String message = "The request's header was not whole within " + readWait.toSeconds() + " s.";
    byte[] json =
        ErrorBodies.openAi(new ApiException(ErrorCode.REQUEST_TIMEOUT, message))
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    ByteBuf body = Unpooled.wrappedBuffer(json);
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT, body);
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.CONTENT_LENGTH, json.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    begin(context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (clientEnded && unanswered == 0) {
      return; // at the end of an answer others would read on, from a connection that is closing
    }
    context.fireUserEventTriggered(event);
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      clientEnded = true;
      if (unanswered == 0 || receiving) {
        begin(context.close()); // nothing more can come of it
      } else {
        giveSign(context, FIRST_PAUSE_MILLIS);
      }
    }
  }

  private void giveSign(ChannelHandlerContext context, long pause) {
    sign = null;
    if (!answering && passesOver && unanswered == 1) {
      begin(
          context.writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE)));
      long next = Math.min(2 * pause, PAUSE_MILLIS_MAX);
      sign = later(context, pause, () -> giveSign(context, next));
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean interim =
        message instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (interim) {
      begin(context.write(message, promise));
      return;
    }
    if (message instanceof HttpResponse response) {
      answering = true;
      if (clientEnded) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
    }
    ChannelPromise sent = promise;
    if (message instanceof LastHttpContent) {
      answering = false;
      unanswered--;
      if (clientEnded && unanswered == 0) {
        sent = promise.unvoid().addListener(ChannelFutureListener.CLOSE);
      }
    }
    begin(context.write(message, sent));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stop(deadline);
    stop(sign);
  }

  private static Future<?> later(ChannelHandlerContext context, long millis, Runnable work) {
    return context.executor().schedule(work, millis, TimeUnit.MILLISECONDS);
  }

  /** What fails here is the connection, which ends by itself then. */
  private static void begin(Future<?> unused) {}

  private static void stop(@Nullable Future<?> future) {
    if (future != null) {
      future.cancel(false);
    }
  }
}
