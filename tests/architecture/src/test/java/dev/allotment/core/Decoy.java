// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

/** Stands for any type of the core, for an offender to depend on. */
public final class Decoy {}
