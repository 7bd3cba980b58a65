"""What several commands say alike."""

PRESET_HELP = (
    "a run folder or a folder that holds runs (the newest), a preset folder, "
    "a .pkl of the paper's authors or a .bin of pro_gan_pth"
)
