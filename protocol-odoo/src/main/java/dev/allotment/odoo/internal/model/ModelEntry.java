// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

/**
 * A model as {@code ir.model} lists it.
 *
 * @param id its position in alphabetical order, from 1
 * @param model technical name
 * @param name the name shown to people
 * @param transience whether its records are removed after a while; false for all models here
 */
public record ModelEntry(long id, String model, String name, boolean transience) {}
