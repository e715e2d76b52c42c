// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** Turns what the client throws into what a store throws. */
final class S3Failures {
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int EXISTS = 412;
    static final int NOT_IMPLEMENTED = 501;

    private static final int FORBIDDEN = 403;
    private static final int MOVED = 301;
    /** What is repeated of an answer: the rest may be anything, such as the request itself. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._:/+=-]{1,80}");

    private S3Failures() {}

    /** Whether the server has answered, with this status. */
    static boolean hasStatus(SdkException failure, int status) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == status;
    }

    /** Whether the server has answered that the bucket is missing, rather than what was looked for in it. */
    static boolean isWithoutBucket(SdkException failure) {
        return failure instanceof AwsServiceException answer && "NoSuchBucket".equals(code(answer));
    }

    /** @param what what was not done, such as "write a/1" */
    static IOException of(String what, SdkException failure) {
        if (failure instanceof AwsServiceException answer) {
            return new IOException(
                    "The S3 server refused to " + what + ": " + answer.statusCode() + described(answer) + hint(answer));
        }
        if (failure instanceof AbortedException) {
            InterruptedIOException interrupted = new InterruptedIOException("The thread was interrupted");
            interrupted.initCause(failure);
            return interrupted;
        }
        return new IOException("The S3 server could not be asked to " + what + ": " + failure.getMessage(), failure);
    }

    private static @Nullable String code(AwsServiceException answer) {
        return answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorCode();
    }

    private static String described(AwsServiceException answer) {
        String code = code(answer);
        String request = answer.requestId();
        return (code == null || !TOKEN.matcher(code).matches() ? "" : " " + code)
                + (request == null || !TOKEN.matcher(request).matches() ? "" : ", request " + request)
                + ".";
    }

    private static String hint(AwsServiceException answer) {
        if (isWithoutBucket(answer)) {
            return " Create the bucket.";
        }
        return switch (answer.statusCode()) {
            case FORBIDDEN -> " Check the credentials, what they allow, and the clock of this machine.";
            case MOVED -> " Check the region and the endpoint.";
            default -> "";
        };
    }
}
