"""Pages on which API documents are read and tried; of anybody's, by any server or as files.

Nothing here comes from elsewhere or asks for anything elsewhere, and no page has script or style
written into it, so all of them work under a strict Content-Security-Policy.
"""
