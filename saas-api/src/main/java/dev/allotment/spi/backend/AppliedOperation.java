// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.UUID;

/**
 * Written into a client database in the transaction that an operation made there, so that whoever finds the operation
 * unfinished knows whether that transaction was committed.
 *
 * @param operation unique
 */
public record AppliedOperation(long id, UUID operation) {}
