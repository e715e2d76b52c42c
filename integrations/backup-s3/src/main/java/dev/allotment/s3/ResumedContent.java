// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The content of a file. If the connection breaks, for example because the reader was busy for minutes, the rest is
 * requested again. Not safe for use by several threads.
 */
final class ResumedContent extends InputStream {
    /** How often in a row the rest is requested again, before any of it arrives. */
    private static final int MOST_ATTEMPTS = 3;

    private final Source source;
    private final String tag;
    private final long length;
    private ResponseInputStream<GetObjectResponse> current;
    private long position;
    private int attempts;
    private boolean closed;

    /** Opens a file from a position on. */
    interface Source {
        /**
         * Opens the file.
         *
         * @param tag the version of the file that is meant: this throws if it was replaced
         */
        ResponseInputStream<GetObjectResponse> from(long position, String tag) throws IOException;
    }

    /** @param start the file, from its start on */
    ResumedContent(ResponseInputStream<GetObjectResponse> start, Source source) throws IOException {
        GetObjectResponse response = start.response();
        if (response.contentLength() == null || response.eTag() == null) {
            start.abort();
            throw new IOException("The S3 server did not say how long the file is, and which version it is");
        }
        this.source = source;
        this.current = start;
        this.tag = response.eTag();
        this.length = response.contentLength();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (closed) {
            throw new IOException("The stream is closed");
        }
        if (count == 0) {
            return 0;
        }
        while (position < length) {
            IOException failure;
            try {
                int read = current.read(target, offset, (int) Math.min(count, length - position));
                if (read >= 0) {
                    position += read;
                    attempts = 0;
                    return read;
                }
                failure = new IOException("The S3 server sent " + position + " bytes instead of " + length);
            } catch (AbortedException e) {
                throw S3Failures.of("read", e);
            } catch (IOException e) {
                failure = e;
            }
            resume(failure);
        }
        return -1;
    }

    private void resume(IOException failure) throws IOException {
        current.abort();
        if (++attempts > MOST_ATTEMPTS) {
            throw failure;
        }
        current = source.from(position, tag);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (position < length) {
            // Closing would read the rest.
            current.abort();
        } else {
            current.close();
        }
    }
}
