// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The part of a file that is in memory while it is sent, since it may have to be sent again. Takes as much memory as
 * the largest content that it had. Not safe for use by several threads.
 */
final class Part {
    /** The most parts that S3 puts together. */
    static final int MOST = 10_000;

    /** The size of the first part. */
    static final long FIRST_BYTES = 8L << 20;

    private static final int PARTS_OF_ONE_SIZE = 2_000;
    private static final int CHUNK_BYTES = 1 << 18;

    private final List<byte[]> chunks = new ArrayList<>();
    private long length;

    /**
     * Returns the size of a part. Parts grow, so that the largest object of S3, 5 TiB, needs no more than {@value
     * #MOST} of them, and a small file takes little memory.
     *
     * @param first the size of the first one
     * @param number from 1 on
     */
    static long bytes(long first, int number) {
        return first << (2 * ((number - 1) / PARTS_OF_ONE_SIZE));
    }

    /**
     * Replaces the content by what comes next, up to a number of bytes.
     *
     * @return whether it is full, so that more may follow
     */
    boolean fill(InputStream content, long bytes) throws IOException {
        length = 0;
        while (length < bytes) {
            int chunk = Math.toIntExact(length / CHUNK_BYTES);
            int offset = Math.toIntExact(length % CHUNK_BYTES);
            if (chunk == chunks.size()) {
                chunks.add(new byte[CHUNK_BYTES]);
            }
            int read = content.read(chunks.get(chunk), offset, (int) Math.min(CHUNK_BYTES - offset, bytes - length));
            if (read < 0) {
                return false;
            }
            length += read;
        }
        return true;
    }

    long length() {
        return length;
    }

    RequestBody body() {
        return RequestBody.fromContentProvider(
                () -> new SequenceInputStream(Collections.enumeration(filled())), length, "application/octet-stream");
    }

    private List<InputStream> filled() {
        List<InputStream> filled = new ArrayList<>();
        for (long start = 0; start < length; start += CHUNK_BYTES) {
            filled.add(new ByteArrayInputStream(chunks.get(filled.size()), 0, bytesFrom(start)));
        }
        return filled;
    }

    private int bytesFrom(long start) {
        return (int) Math.min(CHUNK_BYTES, length - start);
    }

    /** The MD5 in the form of a header. Each server knows it, other than the checksums that came later. */
    String md5() {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            int chunk = 0;
            for (long start = 0; start < length; start += CHUNK_BYTES) {
                digest.update(chunks.get(chunk++), 0, bytesFrom(start));
            }
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no MD5", e);
        }
    }
}
