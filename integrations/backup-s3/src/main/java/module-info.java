// SPDX-License-Identifier: Apache-2.0
/** Stores backups of tenants in a bucket of a server that speaks S3. */
@SuppressWarnings("module") // ends in a digit, like the name of the protocol
module dev.allotment.backup.s3 {
    requires transitive dev.allotment.api;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.urlconnection;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.services.s3;
    requires static org.jspecify;

    exports dev.allotment.s3;
}
