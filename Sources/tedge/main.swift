print("tedge")
