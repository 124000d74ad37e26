"""Discriminators and their losses: SN-PatchGAN, heads on pretrained features, DeepFill v1's critics."""
