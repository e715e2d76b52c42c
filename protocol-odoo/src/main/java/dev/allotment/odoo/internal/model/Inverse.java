// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The other side of a reference: which records refer to a record. */
public final class Inverse {
    private Inverse() {}

    /**
     * For each target the numbers of the sources that refer to it.
     *
     * @param key what a source refers to
     * @param number the number of a source
     * @param id what it is of a target
     */
    public static <S, T, K> List<Object> of(
            List<S> sources,
            List<T> targets,
            Function<S, @Nullable K> key,
            ToLongFunction<S> number,
            Function<T, K> id) {
        Map<@Nullable K, List<Object>> numbers = new HashMap<>();
        for (S source : sources) {
            numbers.computeIfAbsent(key.apply(source), each -> new ArrayList<>())
                    .add(number.applyAsLong(source));
        }
        List<Object> result = new ArrayList<>();
        targets.forEach(target -> result.add(numbers.getOrDefault(id.apply(target), List.of())));
        return result;
    }
}
