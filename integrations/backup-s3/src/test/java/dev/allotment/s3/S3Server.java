// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** A server that speaks S3, with its objects in memory. All tests of a JVM share it, each with its own bucket. */
final class S3Server {
    static final String ACCESS_KEY = "an-access-key";
    static final String SECRET_KEY = "a-secret-key-of-S3";
    /** How many objects are on one page of a list. */
    static final int PAGE = 1000;

    private static final TransientNio2BlobStore OBJECTS = new TransientNio2BlobStore();
    private static final URI ADDRESS = start();
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private S3Server() {}

    private static URI start() {
        try {
            S3Proxy server = S3Proxy.builder()
                    .blobStore(OBJECTS)
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                    .build();
            server.start();
            return URI.create("http://127.0.0.1:" + server.getPort());
        } catch (Exception e) {
            throw new IllegalStateException("The server cannot start", e);
        }
    }

    static String newBucket() {
        String bucket = "bucket-" + BUCKETS.incrementAndGet();
        OBJECTS.createContainer(CreateBucketRequest.builder().bucket(bucket).build());
        return bucket;
    }

    static S3BackupStore.Builder store(String bucket) {
        return S3BackupStore.builder(bucket).endpoint(ADDRESS).credentials(ACCESS_KEY, SECRET_KEY);
    }

    static List<String> keys(String bucket) {
        return OBJECTS.list(ListObjectsV2Request.builder().bucket(bucket).build()).contents().stream()
                .map(each -> each.key())
                .toList();
    }

    static void put(String bucket, String key) {
        OBJECTS.putBlob(
                PutObjectRequest.builder()
                        .bucket(bucket)
                        .key(key)
                        .contentLength(0L)
                        .build(),
                InputStream.nullInputStream());
    }

    static List<MultipartUpload> uploads(String bucket) {
        return OBJECTS.listMultipartUploads(bucket);
    }
}
