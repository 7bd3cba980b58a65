"""Adam with as few passes over memory as there can be."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="progan_keras")
class FusedAdam(keras.optimizers.Adam):
    """Keras' Adam, by one operation of TensorFlow for each variable.

    Formula, variables and arguments are those of `keras.optimizers.Adam`,
    which composes an update of a dozen operations and reads or writes each
    variable as often.
    """

    def update_step(self, gradient, variable, learning_rate):
        """Update a variable and its two moments."""
        if self.amsgrad:  # which the operation does not know
            super().update_step(gradient, variable, learning_rate)
            return
        index, dtype = self._get_variable_index(variable), variable.dtype
        step = tf.cast(self.iterations.value + 1, dtype)
        beta_1 = tf.constant(self.beta_1, dtype)
        beta_2 = tf.constant(self.beta_2, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=beta_1**step,
            beta2_power=beta_2**step,
            lr=tf.cast(learning_rate, dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.constant(self.epsilon, dtype),
            grad=tf.cast(gradient, dtype),
        )
