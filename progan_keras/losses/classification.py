"""What a discriminator that also tells classes minimises."""

import tensorflow as tf


def classification_loss(logits, labels):
    """Softmax cross-entropy of each image, `[N, 1]`.

    Args:
        logits: The discriminator's outputs per class, `[N, num_classes]`.
        labels: One-hot numbers of the same shape and dtype. An image whose
            labels are all 0 has no class: its loss and gradient are 0.

    Reference:
        Odena et al., 2017, *Conditional Image Synthesis with Auxiliary
        Classifier GANs*, section 3.
    """
    # TensorFlow's own cross-entropy has a wrong gradient for labels that do
    # not sum to 1.
    likelihood = labels * tf.nn.log_softmax(logits)
    return -tf.reduce_sum(likelihood, axis=-1, keepdims=True)
