// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

/**
 * A model, as {@code ir.model} lists it. Public only so that its components can be read.
 *
 * @param id its place in the alphabet, from 1
 * @param model technical name
 * @param name for people
 * @param transience whether its records are thrown away after a while, which none of ours are
 */
public record ModelEntry(long id, String model, String name, boolean transience) {}
