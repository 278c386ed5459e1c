"""``python -m a2q_studio``: the command ``a2q-studio``."""

from a2q_studio.frame.launch import main

if __name__ == "__main__":
    main()
