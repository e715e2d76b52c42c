// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The store waits only so long, repeats what may succeed, and never takes a broken answer for a good one. */
@Timeout(20)
final class BrokenServerTest {
    private static final Duration IMPATIENT = Duration.ofMillis(100);
    private static final Duration SLOW = Duration.ofMillis(400);
    private static final String LARGE = "more than one part";
    private static final String UPLOAD =
            "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>";

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isProbe(HttpExchange request) {
        return request.getRequestURI().getPath().endsWith("/.conditional-writes");
    }

    /** A server that refuses to replace the object with which the store finds out whether it does. */
    static BrokenServer server(BrokenServer.Answers answers) {
        return new BrokenServer(request -> {
            if (isProbe(request)) {
                BrokenServer.fail(request, 412, "PreconditionFailed");
            } else {
                answers.to(request);
            }
        });
    }

    @Test
    void givesUpAServerThatDoesNotAnswer() {
        CountDownLatch end = new CountDownLatch(1);
        try (BrokenServer server = new BrokenServer(request -> await(end));
                S3BackupStore store = server.store(IMPATIENT, 10)) {
            for (String each : new String[] {"write", "read", "list", "delete", "tidy"}) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> call(store, each)).isInstanceOf(IOException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            }
        } finally {
            end.countDown();
        }
    }

    static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean awaits(CountDownLatch end, Duration longest) {
        try {
            return end.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void call(S3BackupStore store, String what) throws IOException {
        switch (what) {
            case "write" -> store.write("a/1", text("1"));
            case "read" -> store.read("a/1").close();
            case "list" -> store.list("");
            case "delete" -> store.delete("a/1");
            default -> store.tidy();
        }
    }

    @Test
    void givesUpAServerThatStopsInTheMiddleOfAnAnswer() {
        CountDownLatch end = new CountDownLatch(1);
        try (BrokenServer server = server(request -> {
                    request.getResponseHeaders().add("ETag", "\"one\"");
                    request.sendResponseHeaders(200, 100);
                    request.getResponseBody().write(1);
                    request.getResponseBody().flush();
                    await(end);
                });
                S3BackupStore store = server.store(IMPATIENT, 10)) {
            assertThatThrownBy(() -> {
                        try (InputStream in = store.read("a/1")) {
                            in.readAllBytes();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(EOFException.class);
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @CsvSource({"500, InternalError", "503, SlowDown", "409, ConditionalRequestConflict"})
    void repeatsWhatMaySucceedLater(int status, String code) throws IOException {
        AtomicInteger failures = new AtomicInteger(1);
        try (BrokenServer server = server(request -> {
                    if (failures.getAndDecrement() > 0) {
                        BrokenServer.fail(request, status, code);
                    } else {
                        BrokenServer.answer(request, 200, "");
                    }
                });
                S3BackupStore store = server.store()) {
            store.write("a/1", text("1"));
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void saysWhatTheServerAnsweredAndNothingElse() {
        try (BrokenServer server = new BrokenServer(request -> BrokenServer.answer(
                        request,
                        403,
                        "<Error><Code>AccessDenied</Code><RequestId>a line\nof a log</RequestId><Message>"
                                + request.getRequestHeaders().getFirst("Authorization") + "</Message></Error>"));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.list(""))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "The S3 server refused to list files: 403 AccessDenied. Check the credentials, what they"
                                    + " allow, and the clock of this machine.")
                    .hasNoCause();
        }
    }

    @Test
    void isNotDeceivedByAnswersThatAreNoAnswers() {
        try (BrokenServer server = server(request -> BrokenServer.answer(request, 200, "<html>Welcome</html>"));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.write("a/1", text(LARGE))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> store.read("a/1")).isInstanceOf(IOException.class);
        }
        try (BrokenServer server = server(request -> BrokenServer.answer(
                        request, 200, "<ListBucketResult><Contents><Key>a/1</Key></Contents></ListBucketResult>"));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.list(""))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("incomplete");
        }
    }

    @Test
    void doesNotWriteToAServerThatReplacesFiles() {
        try (BrokenServer server = new BrokenServer(request -> BrokenServer.answer(request, 200, ""));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.write("a/1", text("1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("If-None-Match");
            assertThat(server.requests())
                    .containsExactly("PUT /bucket/.conditional-writes", "PUT /bucket/.conditional-writes");
        }
        try (BrokenServer server = new BrokenServer(request -> BrokenServer.fail(request, 501, "NotImplemented"));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.write("a/1", text("1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("501 NotImplemented");
        }
    }

    /** The server writes the object, and its answer is lost. */
    @ParameterizedTest
    @CsvSource({"small, 1", LARGE + ", 1", "small, 0", LARGE + ", 0"})
    void knowsItsOwnFileIfAnAnswerWasLost(String content, int lost) throws IOException {
        Map<String, String> writers = new ConcurrentHashMap<>();
        AtomicInteger left = new AtomicInteger(lost);
        try (BrokenServer server = server(request -> {
                    String query = String.valueOf(request.getRequestURI().getQuery());
                    boolean writes = (request.getRequestMethod().equals("PUT") && query.equals("null"))
                            || (request.getRequestMethod().equals("POST") && query.startsWith("uploadId"));
                    String writer = request.getRequestHeaders().getFirst("x-amz-meta-writer");
                    if (writer != null) {
                        writers.put("writing", writer);
                    }
                    if (request.getRequestMethod().equals("HEAD")) {
                        String written = writers.get("written");
                        if (written != null) {
                            request.getResponseHeaders().add("x-amz-meta-writer", written);
                        }
                        request.sendResponseHeaders(written == null ? 404 : 200, -1);
                    } else if (!writes) {
                        request.getResponseHeaders().add("ETag", "\"one\"");
                        BrokenServer.answer(request, 200, query.contains("uploads") ? UPLOAD : "");
                    } else if (left.getAndDecrement() > 0) {
                        writers.put("written", writers.get("writing"));
                        BrokenServer.fail(request, 500, "InternalError");
                    } else {
                        writers.putIfAbsent("written", "another");
                        assertThat(request.getRequestHeaders().getFirst("If-None-Match"))
                                .isEqualTo("*");
                        BrokenServer.fail(request, 412, "PreconditionFailed");
                    }
                });
                S3BackupStore store = server.store()) {
            if (lost > 0) {
                store.write("a/1", text(content));
            } else {
                assertThatThrownBy(() -> store.write("a/1", text(content)))
                        .isInstanceOf(FileAlreadyExistsException.class);
            }
        }
    }

    @Test
    void putsPartsTogetherOnAServerThatKnowsNoConditionForThat() throws IOException {
        AtomicInteger completed = new AtomicInteger();
        try (BrokenServer server = server(request -> {
                    boolean conditional = request.getRequestHeaders().containsKey("If-None-Match");
                    String query = String.valueOf(request.getRequestURI().getQuery());
                    request.getResponseHeaders().add("ETag", "\"one\"");
                    if (request.getRequestMethod().equals("HEAD")) {
                        request.sendResponseHeaders(404, -1);
                    } else if (conditional) {
                        BrokenServer.fail(request, 501, "NotImplemented");
                    } else if (request.getRequestMethod().equals("POST") && query.startsWith("uploadId")) {
                        completed.incrementAndGet();
                        BrokenServer.answer(request, 200, "<CompleteMultipartUploadResult/>");
                    } else {
                        BrokenServer.answer(request, 200, query.contains("uploads") ? UPLOAD : "");
                    }
                });
                S3BackupStore store = server.store()) {
            store.write("a/1", text(LARGE));
            assertThat(completed).hasValue(1);
        }
    }

    @Test
    void waitsLongerForPartsToBePutTogether() throws IOException {
        CountDownLatch repeated = new CountDownLatch(2);
        try (BrokenServer server = server(request -> {
                    String query = String.valueOf(request.getRequestURI().getQuery());
                    request.getResponseHeaders().add("ETag", "\"one\"");
                    if (request.getRequestMethod().equals("HEAD")) {
                        request.sendResponseHeaders(404, -1);
                    } else if (request.getRequestMethod().equals("POST") && query.startsWith("uploadId")) {
                        repeated.countDown();
                        BrokenServer.answer(
                                request,
                                awaits(repeated, SLOW.multipliedBy(2)) ? 409 : 200,
                                "<CompleteMultipartUploadResult/>");
                    } else {
                        BrokenServer.answer(request, 200, query.contains("uploads") ? UPLOAD : "");
                    }
                });
                S3BackupStore store = server.store(SLOW, 10)) {
            store.write("a/1", text(LARGE));
            assertThat(server.requests()).endsWith("POST /bucket/a/1?uploadId=one");
            assertThat(server.requests())
                    .filteredOn("POST /bucket/a/1?uploadId=one"::equals)
                    .hasSize(1);
        }
    }

    @Test
    void looksForALargeFileAgainBeforeItsPartsArePutTogether() {
        AtomicInteger looks = new AtomicInteger();
        try (BrokenServer server = server(request -> {
                    String query = String.valueOf(request.getRequestURI().getQuery());
                    request.getResponseHeaders().add("ETag", "\"one\"");
                    if (request.getRequestMethod().equals("HEAD")) {
                        request.sendResponseHeaders(looks.incrementAndGet() == 1 ? 404 : 200, -1);
                    } else {
                        BrokenServer.answer(request, 200, query.contains("uploads") ? UPLOAD : "");
                    }
                });
                S3BackupStore store = server.store()) {
            assertThatThrownBy(() -> store.write("a/1", text(LARGE))).isInstanceOf(FileAlreadyExistsException.class);
            assertThat(server.requests())
                    .endsWith("DELETE /bucket/a/1?uploadId=one")
                    .doesNotContain("POST /bucket/a/1?uploadId=one");
        }
    }

    /** Sends the bytes of a text that the request asks for, but only some at a time. */
    private static void cutOff(HttpExchange request, String content, int most, boolean ranges) throws IOException {
        String range = request.getRequestHeaders().getFirst("Range");
        int start = range == null || !ranges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        request.getResponseHeaders().add("ETag", "\"one\"");
        if (start > 0) {
            assertThat(request.getRequestHeaders().getFirst("If-Match")).isEqualTo("\"one\"");
            request.getResponseHeaders()
                    .add("Content-Range", "bytes " + start + "-" + (content.length() - 1) + "/" + content.length());
        }
        request.sendResponseHeaders(start > 0 ? 206 : 200, content.length() - start);
        String some = content.substring(start, Math.min(content.length(), start + most));
        request.getResponseBody().write(some.getBytes(StandardCharsets.UTF_8));
        request.getResponseBody().flush();
    }

    @Test
    void asksForTheRestIfTheConnectionBreaks() throws IOException {
        String content = "a content of some bytes";
        try (BrokenServer server = server(request -> cutOff(request, content, 5, true));
                S3BackupStore store = server.store();
                InputStream in = store.read("a/1")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(content);
            assertThat(server.requests()).hasSize(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "5, false"})
    void failsIfTheRestDoesNotCome(int most, boolean ranges) throws IOException {
        try (BrokenServer server = server(request -> cutOff(request, "a content of some bytes", most, ranges));
                S3BackupStore store = server.store();
                InputStream in = store.read("a/1")) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).isNotInstanceOf(EOFException.class);
            assertThat(server.requests()).hasSizeLessThan(6);
        }
    }

    @Test
    void tidyingAbortsUploadsThatDoNotProceed() throws IOException {
        Instant now = Instant.now();
        String list = "<ListMultipartUploadsResult>"
                + upload("a/young", now.minus(Duration.ofHours(23)))
                + upload("a/old", now.minus(Duration.ofHours(25)))
                + upload("a/slow", now.minus(Duration.ofDays(3)))
                + upload("a/gone", now.minus(Duration.ofDays(3)))
                + upload("a/older", now.minus(Duration.ofDays(3)))
                + upload(".of-another-program", now.minus(Duration.ofDays(3)))
                + "</ListMultipartUploadsResult>";
        try (BrokenServer server = server(request -> {
                    String path = request.getRequestURI().getPath();
                    if (request.getRequestMethod().equals("DELETE")) {
                        BrokenServer.answer(request, 204, "");
                    } else if (path.equals("/bucket") || path.equals("/bucket/")) {
                        BrokenServer.answer(request, 200, list);
                    } else if (path.endsWith("gone")) {
                        BrokenServer.fail(request, 404, "NoSuchUpload");
                    } else {
                        Instant part = now.minus(Duration.ofHours(path.endsWith("slow") ? 1 : 25));
                        BrokenServer.answer(
                                request,
                                200,
                                "<ListPartsResult><Part><PartNumber>1</PartNumber><LastModified>" + part
                                        + "</LastModified></Part></ListPartsResult>");
                    }
                });
                S3BackupStore store = server.store()) {
            store.tidy();
            assertThat(server.requests())
                    .filteredOn(each -> each.startsWith("DELETE"))
                    .containsExactly("DELETE /bucket/a/old?uploadId=5", "DELETE /bucket/a/older?uploadId=7");
        }
    }

    @Test
    void tidyingNeedsNoServerThatListsUploads() throws IOException {
        try (BrokenServer server = server(request -> BrokenServer.fail(request, 501, "NotImplemented"));
                S3BackupStore store = server.store()) {
            store.tidy();
        }
        try (BrokenServer server = server(request -> BrokenServer.fail(request, 403, "AccessDenied"));
                S3BackupStore store = server.store()) {
            assertThatThrownBy(store::tidy).isInstanceOf(IOException.class).hasMessageContaining("403 AccessDenied");
        }
    }

    private static String upload(String key, Instant initiated) {
        return "<Upload><Key>" + key + "</Key><UploadId>" + key.length() + "</UploadId><Initiated>" + initiated
                + "</Initiated></Upload>";
    }
}
