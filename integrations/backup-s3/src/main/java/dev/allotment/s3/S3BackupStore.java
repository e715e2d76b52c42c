// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Stores backups in a bucket of a server that speaks S3, such as Amazon S3, MinIO or Ceph. Safe for use by several
 * threads. The control plane does not close a store that it was given: close this after it.
 *
 * <p>A file of at most 8 MiB is one request, which the server refuses if there is a file of its name ({@code
 * If-None-Match}). A larger file is sent in parts, one of which is in memory at a time: 8 MiB of the first 16 GiB of a
 * file, and more of what follows. It is refused in the same way when its parts are put together. The store never writes
 * to a server that ignores the condition of the first kind of request. If the server ignores the second only, two
 * writers of one large file at once could both succeed, and the file is that of the last one. The control plane gives
 * each large file a name that no other writer uses.
 *
 * <p>If the server does not answer the last request of a write, the write fails, and yet the file may appear.
 */
public final class S3BackupStore implements BackupStore, AutoCloseable {
    private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
    private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*");
    /** An object that no file can be: its name starts with a dot. */
    private static final String PROBE = ".conditional-writes";
    /** The metadata that says which call of write has written an object. */
    private static final String WRITER = "writer";

    private static final Logger LOG = System.getLogger("dev.allotment.backups");
    private static final String ANY = "*";
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);
    /**
     * A server needs longer to put thousands of parts together. Many send nothing meanwhile, and refuse the request if
     * it is repeated.
     */
    private static final Duration COMPLETION = Duration.ofMinutes(5);
    /** How often a write is repeated that met a write or a deletion of the same name. */
    private static final int MOST_CONFLICTS = 3;

    private final S3Client client;
    /** Waits longer for an answer: puts parts together. */
    private final S3Client completing;

    private final Runnable credentials;
    private final String bucket;
    private final String prefix;
    private final long firstPartBytes;
    private volatile boolean refusesToReplace;

    private S3BackupStore(
            S3Client client,
            S3Client completing,
            Runnable credentials,
            String bucket,
            String prefix,
            long firstPartBytes) {
        this.client = client;
        this.completing = completing;
        this.credentials = credentials;
        this.bucket = bucket;
        this.prefix = prefix;
        this.firstPartBytes = firstPartBytes;
    }

    /**
     * Returns a builder.
     *
     * @param bucket exists already
     * @throws IllegalArgumentException if this cannot be the name of a bucket
     */
    public static Builder builder(String bucket) {
        return new Builder(bucket);
    }

    private String key(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a name of a file in a store for backups: " + name);
        }
        return prefix + name;
    }

    /** The name of the file that has this key; null if none has. */
    private @Nullable String name(@Nullable String key) {
        String name = key != null && key.startsWith(prefix) ? key.substring(prefix.length()) : "";
        return NAME.matcher(name).matches() ? name : null;
    }

    private static <T> T sent(@Nullable T value) {
        if (value == null) {
            throw SdkClientException.create("The answer is incomplete");
        }
        return value;
    }

    private static <T> T ask(String what, Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (SdkException e) {
            throw S3Failures.of(what, e);
        }
    }

    @Override
    public void write(String name, InputStream content) throws IOException {
        String key = key(name);
        requireThatNothingIsReplaced();
        Part part = new Part();
        if (part.fill(content, firstPartBytes)) {
            writeParts(name, key, part, content);
        } else {
            writeAtOnce(name, key, part);
        }
    }

    private void writeAtOnce(String name, String key, Part part) throws IOException {
        String writer = UUID.randomUUID().toString();
        if (!create("write " + name, key, writer, part)) {
            requireWriter(name, key, writer);
        }
    }

    /** Writes an object; false if there is one of this name. */
    private boolean create(String what, String key, String writer, Part part) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                put(key, writer, part);
                return true;
            } catch (SdkException e) {
                if (S3Failures.hasStatus(e, S3Failures.EXISTS)) {
                    return false;
                }
                if (!S3Failures.hasStatus(e, S3Failures.CONFLICT) || attempt == MOST_CONFLICTS) {
                    throw S3Failures.of(what, e);
                }
            }
        }
    }

    private void put(String key, String writer, Part part) {
        client.putObject(
                request -> request.bucket(bucket)
                        .key(key)
                        .ifNoneMatch(ANY)
                        .metadata(Map.of(WRITER, writer))
                        .contentMD5(part.md5()),
                part.body());
    }

    /**
     * A request is repeated if its answer is lost, and refused then, because there is a file: that of this writer.
     *
     * @throws FileAlreadyExistsException if the file is of another writer, or of none
     */
    private void requireWriter(String name, String key, String writer) throws IOException {
        if (!writer.equals(writer(name, key))) {
            throw new FileAlreadyExistsException(name);
        }
    }

    /** The writer of a file; empty if it has none, null if there is no file. */
    private @Nullable String writer(String name, String key) throws IOException {
        try {
            // Some servers change the case.
            return client.headObject(request -> request.bucket(bucket).key(key)).metadata().entrySet().stream()
                    .filter(each -> each.getKey().equalsIgnoreCase(WRITER))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("");
        } catch (SdkException e) {
            if (S3Failures.hasStatus(e, S3Failures.NOT_FOUND)) {
                return null;
            }
            throw S3Failures.of("look for " + name, e);
        }
    }

    private void requireNew(String name, String key) throws IOException {
        if (writer(name, key) != null) {
            throw new FileAlreadyExistsException(name);
        }
    }

    private void writeParts(String name, String key, Part part, InputStream content) throws IOException {
        requireNew(name, key);
        String writer = UUID.randomUUID().toString();
        String what = "write " + name;
        String upload = ask(
                what,
                () -> sent(client.createMultipartUpload(
                                request -> request.bucket(bucket).key(key).metadata(Map.of(WRITER, writer)))
                        .uploadId()));
        boolean complete = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            boolean more = true;
            while (more) {
                int number = parts.size() + 1;
                parts.add(ask(what, () -> send(key, upload, number, part)));
                long next = number == Part.MOST ? 1 : Part.bytes(firstPartBytes, number + 1);
                more = part.fill(content, next) || part.length() > 0;
                if (more && number == Part.MOST) {
                    throw new IOException("File " + name + " is larger than S3 allows");
                }
            }
            requireNew(name, key);
            complete(name, key, upload, writer, parts);
            complete = true;
        } finally {
            if (!complete) {
                abort(key, upload);
            }
        }
    }

    private CompletedPart send(String key, String upload, int number, Part part) {
        String tag = sent(client.uploadPart(
                        request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentMD5(part.md5()),
                        part.body())
                .eTag());
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private void complete(String name, String key, String upload, String writer, List<CompletedPart> parts)
            throws IOException {
        try {
            complete(key, upload, parts, ANY);
        } catch (SdkException e) {
            if (S3Failures.hasStatus(e, S3Failures.NOT_IMPLEMENTED)) {
                ask("write " + name, () -> {
                    complete(key, upload, parts, null);
                    return true;
                });
            } else if (S3Failures.hasStatus(e, S3Failures.EXISTS)) {
                requireWriter(name, key, writer);
            } else if (!S3Failures.hasStatus(e, S3Failures.NOT_FOUND) || !writer.equals(writer(name, key))) {
                // An upload that is missing may have been completed by a request whose answer was lost.
                throw S3Failures.of("write " + name, e);
            }
        }
    }

    private void complete(String key, String upload, List<CompletedPart> parts, @Nullable String unless) {
        completing.completeMultipartUpload(request -> request.bucket(bucket)
                .key(key)
                .uploadId(upload)
                .ifNoneMatch(unless)
                .multipartUpload(all -> all.parts(parts)));
    }

    /** What this leaves is found by {@link #tidy}. */
    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            LOG.log(Level.DEBUG, "An upload could not be aborted", e);
        }
    }

    /**
     * Finds out, once, whether the server refuses to replace a file.
     *
     * @throws IOException if it does not
     */
    private void requireThatNothingIsReplaced() throws IOException {
        if (refusesToReplace) {
            return;
        }
        String what = "write only if there is no such file";
        String key = prefix + PROBE;
        Part nothing = new Part();
        boolean created = create(what, key, PROBE, nothing);
        boolean replaced = created && create(what, key, PROBE, nothing);
        if (replaced) {
            throw new IOException(
                    "The S3 server replaces files although it is asked not to (If-None-Match). Use a server"
                            + " that knows conditional writes.");
        }
        refusesToReplace = true;
    }

    @Override
    public InputStream read(String name) throws IOException {
        String key = key(name);
        return new ResumedContent(open(name, key, 0, null), (position, tag) -> open(name, key, position, tag));
    }

    private ResponseInputStream<GetObjectResponse> open(String name, String key, long position, @Nullable String tag)
            throws IOException {
        try {
            ResponseInputStream<GetObjectResponse> opened = client.getObject(request -> request.bucket(bucket)
                    .key(key)
                    .ifMatch(tag)
                    .range(position == 0 ? null : "bytes=" + position + "-"));
            String range = opened.response().contentRange();
            if (position > 0 && (range == null || !range.startsWith("bytes " + position + "-"))) {
                opened.abort();
                throw new IOException("The S3 server did not send the rest of " + name);
            }
            return opened;
        } catch (SdkException e) {
            if (S3Failures.hasStatus(e, S3Failures.NOT_FOUND) && !S3Failures.isWithoutBucket(e)) {
                throw new NoSuchFileException(name);
            }
            throw S3Failures.of("read " + name, e);
        }
    }

    @Override
    public List<StoredFile> list(String start) throws IOException {
        return ask("list files", () -> {
            List<StoredFile> found = new ArrayList<>();
            for (ListObjectsV2Response page : client.listObjectsV2Paginator(
                    request -> request.bucket(bucket).prefix(prefix + start))) {
                for (S3Object each : page.contents()) {
                    String name = name(each.key());
                    if (name != null) {
                        found.add(new StoredFile(name, sent(each.size()), sent(each.lastModified())));
                    }
                }
            }
            // Not every server sends them in order.
            found.sort(Comparator.comparing(StoredFile::name));
            return found;
        });
    }

    @Override
    public void delete(String name) throws IOException {
        String key = key(name);
        try {
            client.deleteObject(request -> request.bucket(bucket).key(key));
        } catch (SdkException e) {
            if (!S3Failures.hasStatus(e, S3Failures.NOT_FOUND) || S3Failures.isWithoutBucket(e)) {
                throw S3Failures.of("delete " + name, e);
            }
        }
    }

    @Override
    public void tidy() throws IOException {
        try {
            abortOldUploads();
        } catch (SdkException e) {
            // A server that cannot list uploads leaves it to its operator to remove those that were abandoned.
            if (!S3Failures.hasStatus(e, S3Failures.NOT_IMPLEMENTED)) {
                throw S3Failures.of("abort old uploads", e);
            }
        }
    }

    private void abortOldUploads() {
        for (ListMultipartUploadsResponse page : client.listMultipartUploadsPaginator(
                request -> request.bucket(bucket).prefix(prefix))) {
            Instant before = time(page).minus(ABANDONED_AFTER);
            for (MultipartUpload upload : page.uploads()) {
                if (name(upload.key()) != null
                        && sent(upload.initiated()).isBefore(before)
                        && hasNoPartSince(before, upload)) {
                    abort(upload.key(), upload.uploadId());
                }
            }
        }
    }

    /** The time by the clock of the server, which sends it with each answer; by this machine's if it does not. */
    private static Instant time(ListMultipartUploadsResponse page) {
        try {
            return page.sdkHttpResponse()
                    .firstMatchingHeader("Date")
                    .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
                    .orElseGet(Instant::now);
        } catch (DateTimeException e) {
            return Instant.now();
        }
    }

    /** Whether an upload does not proceed any more. That of a large database may take longer than a day. */
    private boolean hasNoPartSince(Instant before, MultipartUpload upload) {
        try {
            for (ListPartsResponse page : client.listPartsPaginator(
                    request -> request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()))) {
                if (page.parts().stream()
                        .anyMatch(part -> !sent(part.lastModified()).isBefore(before))) {
                    return false;
                }
            }
            return true;
        } catch (SdkException e) {
            // Another node has aborted it since the uploads were listed, or its writer has ended it.
            if (S3Failures.hasStatus(e, S3Failures.NOT_FOUND) && !S3Failures.isWithoutBucket(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Closes connections. Reads and writes fail that are running. */
    @Override
    public void close() {
        client.close();
        completing.close();
        credentials.run();
    }

    /** Shows neither credentials nor the bucket. */
    @Override
    public String toString() {
        return "S3BackupStore";
    }

    /** Builds a store. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]");
        private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

        private final String bucket;
        private String prefix = "";
        private @Nullable String region;
        private @Nullable URI endpoint;
        private @Nullable Boolean pathStyle;
        private @Nullable StaticCredentialsProvider given;
        private Duration timeout = Duration.ofSeconds(20);
        private long firstPartBytes = Part.FIRST_BYTES;

        private Builder(String bucket) {
            if (!BUCKET.matcher(bucket).matches()) {
                throw new IllegalArgumentException("Not the name of a bucket: " + bucket);
            }
            this.bucket = bucket;
        }

        /**
         * Sets the folder in the bucket. Default: none, so the bucket must have no other files.
         *
         * @param folder such as {@code production}, or several names with {@code /} between them; each as those of
         *     {@link BackupStore}
         * @throws IllegalArgumentException if it is none
         */
        public Builder prefix(String folder) {
            if (!NAME.matcher(folder).matches()) {
                throw new IllegalArgumentException("Not a folder for backups: " + folder);
            }
            prefix = folder + "/";
            return this;
        }

        /**
         * Sets the region. Default: without an endpoint, the region of the environment that the SDK of AWS finds, such
         * as {@code AWS_REGION}; with one, {@code us-east-1}, which most other servers expect.
         *
         * @throws IllegalArgumentException if it is blank
         */
        public Builder region(String name) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("The region is blank");
            }
            region = name;
            return this;
        }

        /**
         * Sets the address of a server other than that of AWS. Default: AWS.
         *
         * @param address such as {@code https://s3.example.com:9000}
         * @throws IllegalArgumentException if it is no address of a web server, or has a user or a query
         */
        public Builder endpoint(URI address) {
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (!web
                    || address.getHost() == null
                    || address.getRawUserInfo() != null
                    || address.getRawQuery() != null
                    || address.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "The endpoint is not http:// or https:// and a host, with at most a port and a path");
            }
            endpoint = address;
            return this;
        }

        /**
         * Sets whether the bucket is in the path of an address, instead of its host. Default: if there is an endpoint.
         */
        public Builder pathStyle(boolean inPath) {
            pathStyle = inPath;
            return this;
        }

        /**
         * Sets the credentials. Default: those of the environment that the SDK of AWS finds, such as the variables
         * {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, or the role of the machine.
         *
         * @throws IllegalArgumentException if one is blank
         */
        public Builder credentials(String accessKey, String secretKey) {
            if (accessKey.isBlank() || secretKey.isBlank()) {
                throw new IllegalArgumentException("The access key or the secret key is blank");
            }
            given = StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
            return this;
        }

        /**
         * Sets how long the store waits for an answer, or for the next bytes of one. A request is repeated if it fails
         * for reasons that may pass, and takes twice as long at most. Sending a part counts as waiting for its answer.
         * Putting the parts of a large file together may take five minutes instead.
         * Default: 20 seconds. The control plane gives up a store that needs more than a minute.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration longest) {
            if (longest.isNegative() || longest.isZero()) {
                throw new IllegalArgumentException("The timeout is not positive");
            }
            timeout = longest;
            return this;
        }

        /** For tests, which would take long with large parts. */
        Builder firstPartBytes(long bytes) {
            firstPartBytes = bytes;
            return this;
        }

        /**
         * Builds the store. Sends nothing to it, but the SDK of AWS may look for the region on the network.
         *
         * @throws IllegalStateException if there is neither a region nor an endpoint
         */
        public S3BackupStore build() {
            DefaultCredentialsProvider found =
                    given == null ? DefaultCredentialsProvider.builder().build() : null;
            Runnable closed = found == null ? () -> {} : found::close;
            try {
                return new S3BackupStore(
                        client(found, timeout, timeout.multipliedBy(2)),
                        client(found, COMPLETION, COMPLETION),
                        closed,
                        bucket,
                        prefix,
                        firstPartBytes);
            } catch (SdkException e) {
                closed.run();
                throw new IllegalStateException("The store has no region. Set one, or an endpoint.", e);
            }
        }

        /**
         * Builds a client.
         *
         * @param found null: the credentials are given
         * @param answer how long it waits for one
         * @param call how long a request may take with its repetitions
         */
        private S3Client client(@Nullable AwsCredentialsProvider found, Duration answer, Duration call) {
            URI address = endpoint;
            S3ClientBuilder builder = S3Client.builder()
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
                            .socketTimeout(answer))
                    .credentialsProvider(found == null ? given : found)
                    .overrideConfiguration(limits ->
                            limits.apiCallTimeout(call).retryStrategy(AwsRetryStrategy.standardRetryStrategy()))
                    .serviceConfiguration(
                            s3 -> s3.pathStyleAccessEnabled(Objects.requireNonNullElse(pathStyle, address != null))
                                    .chunkedEncodingEnabled(address == null)
                                    .expectContinueEnabled(false))
                    // Many servers do not know these checksums. Parts have an MD5, and the control plane compares
                    // hashes.
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
            if (address != null) {
                builder.endpointOverride(address);
            }
            if (region != null || address != null) {
                builder.region(Region.of(Objects.requireNonNullElse(region, "us-east-1")));
            }
            return builder.build();
        }
    }
}
